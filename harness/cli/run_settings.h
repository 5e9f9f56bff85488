// SPDX-License-Identifier: GPL-2.0-only
// What the words after "mmuwitness run" ask for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "director/script.h"
#include "judge/reports.h"
#include "perturb/disturber.h"
#include "report/shard.h"
#include "vmm/mmu.h"

namespace mmuw {

struct RunSettings {
    std::string kmod, scratch, out, host, filter, plant;
    const Report* report = nullptr;  // of docs/reports
    std::optional<Script> script;
    std::vector<const DisturberKind*> disturbers;
    std::vector<LabBug> known;
    Shard shard;
    Mmu mmu;
    bool no_kmod = false;
    bool emulated = false, shuffle = false, colour = false;
    std::uint64_t seed = 1;
    int repeat = 1;
    std::size_t buffer_kb = 8192;
};

// Throws Exit with one line for words that are wrong, or that do not go together.
RunSettings parse_run(const Words& words);

}  // namespace mmuw
