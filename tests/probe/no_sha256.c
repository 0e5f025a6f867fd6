// SPDX-License-Identifier: GPL-2.0
/* refused: cordon needs a kernel with CONFIG_CRYPTO_LIB_SHA256 */
#include "probe.h"

#undef CONFIG_CRYPTO_LIB_SHA256

#include "compat.h"
