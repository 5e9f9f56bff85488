// SPDX-License-Identifier: GPL-2.0-only
// Records of several runs, side by side: those that differ in nothing but their share of the
// scenarios are one row.
#pragma once

#include <string>
#include <vector>

#include "report/read_verdict.h"

namespace mmuw {

struct NamedRecord {
    std::string from;  // where it was read
    Record record;
};

struct Row {
    HostFacts host;  // its shard is 1/1: what the row lacks, its result says
    std::string tool;
    std::vector<std::string> from;  // by share
    JudgeResult result;
};

// By kernel, architecture, KVM and its parameters, filesystem and MMU, in the order in which they
// come. A share that is missing is a scenario that is inconclusive. `order`: names of scenarios;
// the others follow. Error: two records of one share, or shares of different sizes.
Result<std::vector<Row>> merge(std::vector<NamedRecord> records,
                               const std::vector<std::string>& order);

// All of them: 1 if one is, else 0 if one is, else 4.
int exit_status(const std::vector<Row>& rows);
// A line for each, and what did not pass.
std::string rows_table(const std::vector<Row>& rows);
std::string rows_json(const std::vector<Row>& rows, const std::string& tool);

}  // namespace mmuw
