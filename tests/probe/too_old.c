// SPDX-License-Identifier: GPL-2.0
/* refused: cordon needs Linux 6.1 or later */
#include "compat.h"
