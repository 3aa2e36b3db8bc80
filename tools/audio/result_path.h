/** @file
 *  Where `tonecell process` puts the results of inputs. All return memory for free(), or NULL when
 *  there is none. */
#ifndef TONECELL_RESULT_PATH_H
#define TONECELL_RESULT_PATH_H

/** The result's path: FOLDER/NAME.EXT, or with folder NULL beside the input, NAME-MODEL.EXT.
 *
 *  model      path of the model's file; its name without ending is MODEL
 *  extension  EXT; NULL: the input's; "": none, without a dot */
char *result_path(const char *in, const char *folder, const char *model, const char *extension);

/** The folder of several results, without slashes at its end: `out`, or if that is NULL the folder
 *  FOLDER-MODEL beside the input folder `in`. */
char *result_folder(const char *out, const char *in, const char *model);

#endif
