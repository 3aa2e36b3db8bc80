/** @file
 *  The sensitivity of a model on the notes of notes.h. */
#ifndef TC_NOTE_SENSITIVITY_H
#define TC_NOTE_SENSITIVITY_H

#include "tonecell-health.h"

enum { TC_NOTE_PARTS = 4 };

/** Play notes with peaks at a half and a quarter of `peak`, inverted and not, and measure the
 *  sensitivity as tc_health_sensitivity() defines it.
 *
 *  knob      [TC_NOTE_PARTS] arrays [knobs]: the settings in each quarter of the frames, which all
 *            begin in the model's initial state
 *  n_frames  of notes
 *  *db       NAN: fewer than three notes show nothing, and are not played
 *
 *  Errors: TC_NO_MEMORY. */
enum tc_status tc_note_sensitivity(const struct tc_model *model,
                                   const float *const knob[TC_NOTE_PARTS], double rate_hz,
                                   double peak, size_t n_frames, double *db);

/** Seconds of notes that show all that longer ones do. */
#define TC_NOTES_S 4.0

#endif
