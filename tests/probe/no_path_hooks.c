// SPDX-License-Identifier: GPL-2.0
/* refused: cordon needs CONFIG_SECURITY_NETWORK and CONFIG_SECURITY_PATH */
#include "probe.h"

#undef CONFIG_SECURITY_PATH

#include "compat.h"
