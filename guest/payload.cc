// SPDX-License-Identifier: GPL-2.0-only
// The payload: interprets commands with interrupts off, in a flat identity map.
//
// Stateless and position independent: payload.ld refuses .data and .bss, so that one image serves
// every vCPU. It never exits while it works; the doorbell of an idle vCPU is its only exit.
#include "arch.h"
#include "interpreter.h"

extern "C" [[noreturn]] void payload_main(mmuw::guest::Control* control) {
    mmuw::guest::Interpreter<mmuw::guest::Arch>(control).serve();
}
