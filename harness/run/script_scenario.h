// SPDX-License-Identifier: GPL-2.0-only
// A script as a scenario, like any other: Script.NAME.
#pragma once

#include "director/script.h"

namespace mmuw {

// Registers it with GoogleTest: before scenarios are selected.
void register_script(Script script);

}  // namespace mmuw
