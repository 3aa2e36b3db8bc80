#include "config.h"
#include "audio/result_mark.h"

#include "audio/audio_sndfile.h"

#include <inttypes.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

uint64_t result_mark_add(uint64_t hash, const void *samples, size_t n)
{
    const uint32_t *const word = samples;

    for (size_t i = 0; i < n; ++i)
        hash = (hash ^ word[i]) * UINT64_C(1099511628211);
    return hash;
}

const char *result_mark_text(uint64_t hash, char text[RESULT_MARK_SIZE])
{
    (void)snprintf(text, RESULT_MARK_SIZE, "tonecell %016" PRIx64, hash);
    return text;
}

/* Of the samples, read as they were written. */
static bool hash_file(SNDFILE *file, const SF_INFO *sf, uint64_t *hash)
{
    const bool integers = audio_integer_bits(sf->format & SF_FORMAT_SUBMASK) > 0;
    const sf_count_t size = (sf_count_t)AUDIO_BLOCK_FRAMES * sf->channels;
    void *const samples = calloc((size_t)size, sizeof(float));
    sf_count_t n = samples != NULL ? 1 : 0;

    *hash = RESULT_MARK_START;
    while (n > 0) {
        n = integers ? sf_read_int(file, samples, size) : sf_read_float(file, samples, size);
        *hash = result_mark_add(*hash, samples, (size_t)n);
    }
    free(samples);
    return samples != NULL;
}

/* libsndfile appends its own name to the text. */
static bool has_mark(SNDFILE *file, const SF_INFO *sf)
{
    const char *const found = sf_get_string(file, SF_STR_SOFTWARE);
    char text[RESULT_MARK_SIZE];
    uint64_t hash;

    if (found == NULL || !hash_file(file, sf, &hash))
        return false;
    (void)result_mark_text(hash, text);
    return strncmp(found, text, strlen(text)) == 0;
}

bool result_may_replace(const char *path)
{
    SF_INFO sf = {0};
    struct stat about;
    SNDFILE *file;
    bool marked;

    if (strcmp(path, "-") == 0 || stat(path, &about) != 0 || !S_ISREG(about.st_mode) ||
        about.st_size == 0)
        return true;
    pthread_mutex_lock(&audio_open_lock);
    file = sf_open(path, SFM_READ, &sf);
    pthread_mutex_unlock(&audio_open_lock);
    if (file == NULL)
        return false;
    marked = has_mark(file, &sf);
    (void)sf_close(file);
    return marked;
}
