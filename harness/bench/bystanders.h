// SPDX-License-Identifier: GPL-2.0-only
// What those pay for a session who have nothing to do with it: another VM, another file, processes
// that come and go. The hooks are the whole machine's.
#pragma once

#include <string>
#include <vector>

namespace mmuw {

struct Bystander {
    std::string name;
    std::vector<double> without = {};  // seconds, one a turn: the module is not loaded
    std::vector<double> with = {};     // ... a session records
    // ... the kernel's own function tracer is on those functions, for a task that never runs:
    // what it costs that a function is hooked at all. Tracepoints are not among it.
    std::vector<double> control = {};
};

// Turn by turn, in a process of its own each time. std::runtime_error if a workload does not run.
std::vector<Bystander> measure_bystanders(const std::string& kmod, const std::string& directory,
                                          int turns);

}  // namespace mmuw
