/** @file
 *  All that most tests need. */
#ifndef SUPPORT_H
#define SUPPORT_H

#include <check.h>

#include "tonecell.h"

#include "compare.h"
#include "allocate.h"
#include "models.h"
#include "networks.h"
#include "splitmix.h"
#include "runner.h"
#include "signals.h"

#endif
