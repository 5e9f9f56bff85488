// SPDX-License-Identifier: GPL-2.0-only
// The kill table, for people and for machines.
#pragma once

#include <span>
#include <string>

#include "selftest/kill.h"

namespace mmuw {

// docs/plants.md has the meaning of each field.
std::string kill_json(std::span<const Kill> kills);
// Plants by rules, the controls, and at the end what is wrong.
std::string kill_table(std::span<const Kill> kills, std::span<const Control> controls, bool colour);
// 0: everything that applies was killed and the controls are clean; 1; 4: nothing applies.
int kill_status(std::span<const Kill> kills, std::span<const Control> controls);

}  // namespace mmuw
