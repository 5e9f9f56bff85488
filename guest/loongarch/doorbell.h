// SPDX-License-Identifier: GPL-2.0-only
// Shared by C++ and start.S.
#pragma once

// I/O registers (IOCSR) that KVM emulates no device on: a write is a KVM_EXIT_LOONGARCH_IOCSR.
#define MMUW_DOORBELL 0xf000
#define MMUW_FAULT 0xf008  // an exception was taken: the payload expects none
