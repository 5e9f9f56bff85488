// SPDX-License-Identifier: GPL-2.0-only
// A process that may crash or hang, and takes nobody along.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "trace/result.h"

namespace mmuw {

// Runs this very program with these words, its output in a file. Its exit status; or how else it
// ended: by a signal, by the limit, or since stop() said so (asked all the time). It is killed
// when this process dies.
Result<int> run_child(const std::vector<std::string>& words, const std::string& output,
                      std::chrono::duration<double> limit, const std::function<bool()>& stop);

}  // namespace mmuw
