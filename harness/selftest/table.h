// SPDX-License-Identifier: GPL-2.0-only
// What each plant is for: the scenarios under which it is to be noticed, and the rules that must.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mmuw {

struct PlantCase {
    std::string_view plant;
    std::string_view filter;              // GoogleTest's, of the scenarios that should notice
    std::vector<std::string_view> rules;  // each of them must fail; others may
    std::string_view machine = {};        // uname -m of the only one that has it; empty: all
};

// Where a plant does not apply is not said here: the module knows what has no place in its kernel,
// the judge which rule cannot be judged on a host, and both say why.
std::span<const PlantCase> plant_cases();
const PlantCase* find_plant_case(std::string_view plant);

// The first plant of each rule.
std::vector<std::string_view> one_plant_per_rule(std::span<const PlantCase> cases);

// Plants of the table that the module of this machine (uname -m) should list and does not.
std::vector<std::string> unknown_to_module(std::span<const PlantCase> cases,
                                           std::string_view machine,
                                           std::span<const std::string> listed);

}  // namespace mmuw
