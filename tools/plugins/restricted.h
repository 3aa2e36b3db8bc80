/** @file
 *  A process that runs code of others to look at it. */
#ifndef TONECELL_RESTRICTED_H
#define TONECELL_RESTRICTED_H

/** Give up what reading a library does not need, for good, in this process: root's rights (it goes
 *  on as nobody), more rights by programs, and writing, making and removing files. What the kernel
 *  does not know is left as it is. Ends the process if it cannot give up root's rights. */
void restrict_process(void);

#endif
