// SPDX-License-Identifier: GPL-2.0-only
// The rules' objects: NAME_rule, in NAME.cc of this folder. The list of names is CMake's, made of
// the files that are there.
#pragma once

#include "judge/rule.h"

namespace mmuw {

#define RULE(name) extern const RuleInfo name##_rule;
#include "rule_names.def"
#undef RULE

}  // namespace mmuw
