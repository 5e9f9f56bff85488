// SPDX-License-Identifier: GPL-2.0-only
// Shared by C++ and start.S.
#pragma once

// Guest addresses without a memslot, below all that have one: a store there is a KVM_EXIT_MMIO.
#define MMUW_DOORBELL 0x10000
#define MMUW_FAULT 0x10008  // an exception was taken: the payload expects none
