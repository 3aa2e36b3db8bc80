#include "audio/wav_header.h"

#include <string.h>

static unsigned char *put(unsigned char *at, uint64_t value, unsigned size)
{
    for (unsigned i = 0; i < size; ++i)
        *at++ = (unsigned char)(value >> 8 * i);
    return at;
}

static unsigned char *put_tag(unsigned char *at, const char *tag)
{
    memcpy(at, tag, 4);
    return at + 4;
}

void wav_header(unsigned char header[WAV_HEADER_SIZE], const struct wav_form *form)
{
    const unsigned frame = form->sample_size * form->channels;
    const bool stated = form->n_frames < WAV_LIMIT / frame;
    const uint64_t data = stated ? form->n_frames * frame : UINT32_MAX;
    const uint64_t rate = form->rate_hz;
    unsigned char *at = put_tag(header, "RIFF");

    at = put(at, stated ? data + (data & 1) + WAV_HEADER_SIZE - 8 : UINT32_MAX, 4);
    at = put_tag(put_tag(at, "WAVE"), "fmt ");
    at = put(put(put(at, 18, 4), form->is_float ? 3 : 1, 2), form->channels, 2);
    at = put(put(put(at, rate, 4), rate * frame, 4), frame, 2);
    at = put(put(at, 8 * form->sample_size, 2), 0, 2);
    at = put(put(put_tag(at, "fact"), 4, 4), stated ? form->n_frames : UINT32_MAX, 4);
    put(put_tag(at, "data"), data, 4);
}
