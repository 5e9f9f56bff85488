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

// struct AsyncFaults, in bytes from struct Control, which is at a multiple of MMUW_VCPU_BYTES, as
// the end of its stack; and its members.
#define MMUW_VCPU_BYTES 0x10000
#define MMUW_ASYNC_FAULTS 0x1000
#define MMUW_ABSENT 0
#define MMUW_PRESENT 4
#define MMUW_TOLD 64
#define MMUW_TOLD_SUM 72
#define MMUW_TAKEN 80
#define MMUW_TAKEN_SUM 88
#define MMUW_PAGE_TAKEN 0x4b564d07  // MSR_KVM_ASYNC_PF_ACK
