/* SPDX-License-Identifier: GPL-2.0 */
/* In place of the kernel's own for too_old.c; that can be read many times. */
#undef LINUX_VERSION_CODE
#undef KERNEL_VERSION
#define KERNEL_VERSION(a, b, c) (((a) << 16) + ((b) << 8) + (c))
#define LINUX_VERSION_CODE KERNEL_VERSION(6, 0, 255)
