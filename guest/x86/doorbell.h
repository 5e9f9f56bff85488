// SPDX-License-Identifier: GPL-2.0-only
// Shared by C++ and start.S.
#pragma once

// Ports that KVM emulates no device on: a write there is a KVM_EXIT_IO.
#define MMUW_DOORBELL 0x7d0
#define MMUW_FAULT 0x7d1  // an exception was taken: the payload expects none
#define MMUW_DATA 0x7d2   // a read there is one, too, and gets what the VMM gives it

// Where the payload has its handlers, in bytes from its beginning, and from one to the next.
#define MMUW_HANDLERS 0x800
#define MMUW_HANDLER_BYTES 16
#define MMUW_EXCEPTIONS 32
