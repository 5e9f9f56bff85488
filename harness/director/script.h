// SPDX-License-Identifier: GPL-2.0-only
// A scenario written down in a small file, for `mmuwitness run --script`: docs/director.md has the
// language. Here is what a file says; scenario/script_scenario.h drives it.
#pragma once

#include <chrono>
#include <cstdint>
#include <istream>
#include <optional>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include "backing/syncer.h"
#include "director/pass.h"
#include "vmm/dirty_log.h"

namespace mmuw {

// One line: what is wrong where. "FILE:LINE: 'WORD': ..."
struct ScriptError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// A page of the file, or (empty) the one whose turn it is: the round's number, modulo the pages.
using ScriptPage = std::optional<std::uint64_t>;

struct ScriptPass {
    std::optional<unsigned> vcpu;  // none: whoever is no vCPU
    std::string point;
    bool any_page = true;
    ScriptPage page;
};

struct HoldStep {
    ScriptPass hold, until;
    std::chrono::milliseconds longest;
};
struct WaitHeldStep {
    std::size_t hold;  // index of the HoldStep among the steps
};
struct AccessStep {
    unsigned vcpu;
    bool write;
    ScriptPage page;
};
struct DoneStep {
    unsigned vcpu;
};
struct HostWriteStep {
    ScriptPage page;
};
struct SyncStep {
    Sync sync;
};
struct SettleStep {};
enum class LogAction { kOn, kOff, kCollect };
struct LogStep {
    LogAction action;
};

struct ScriptStep {
    std::size_t line;
    std::variant<HoldStep, WaitHeldStep, AccessStep, DoneStep, HostWriteStep, SyncStep, SettleStep,
                 LogStep>
        what;
};

struct Script {
    std::string name;  // of the file, without folder and extension; a word
    std::string file;  // as given
    std::uint64_t pages = 16;
    unsigned vcpus = 1;
    std::uint64_t rounds = 1;
    DirtyLogKind log = DirtyLogKind::kBitmap;
    std::vector<std::string> promises;
    std::vector<ScriptStep> steps;
};

// Throws ScriptError. Points are not looked up: only a session knows them.
Script parse_script(std::istream& in, const std::string& file);
Script read_script(const std::string& file);

// Throws ScriptError for a point that is none, or that cannot be at a page.
void check_points(const Script& script, const Points& points);

}  // namespace mmuw
