// SPDX-License-Identifier: GPL-2.0-only
// A run's record, read again from its verdict.json.
#pragma once

#include <string>

#include "report/report.h"
#include "trace/result.h"

namespace mmuw {

struct Record {
    std::string tool;
    HostFacts host;
    JudgeResult result;  // without event windows: they are in the recording, and in results.ktap
};

// path: the file, or a directory that has one.
Result<Record> read_verdict(const std::string& path);

}  // namespace mmuw
