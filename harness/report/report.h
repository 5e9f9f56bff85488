// SPDX-License-Identifier: GPL-2.0-only
// The record of a run, in the forms that people and machines read. docs/verdict.md has the
// meaning of every word and field.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "judge/result.h"
#include "report/shard.h"
#include "trace/notes.h"
#include "trace/result.h"

namespace mmuw {

// Of the host where the events happened. NOTE_HOST carries the same facts in a recording.
struct HostFacts {
    std::string name, arch, kernel, kvm;
    bool emulated = false;
    uint64_t page_size = 0, cpus = 0;
    std::string parameters;   // kernel command line and module parameters
    uint64_t taint = 0;       // /proc/sys/kernel/tainted before the run
    bool kmod = true;         // the module is the witness
    std::string mmu = "kvm";  // which is witnessed, as run --mmu
    std::string filesystem;   // of the backing files
    Shard shard;              // which of the scenarios were run

    // As notes "KEY VALUE", keys as in verdict.json: for the harness to put into the stream.
    std::vector<note::Host> notes() const;
};
// The facts that a recording's notes hold.
HostFacts host_facts(const JudgeResult& result);

struct Summary {
    uint64_t pass = 0, fail = 0, skip = 0, inconclusive = 0, xfail = 0;  // scenarios
};
Summary summarize(const JudgeResult& result);

// kselftest: an expected failure is no failure. 0 pass, 1 fail, 4 skip. Inconclusive is 1, too: it
// must never look like a pass. 4: nothing passed and nothing went wrong, also when there was no
// scenario at all. A run for a report: that of the report, unless a scenario went wrong.
int exit_status(const JudgeResult& result);
// "pass", "fail", "skip" or "inconclusive": the word for the whole run.
std::string_view overall(const JudgeResult& result);

// The scenario's reason, or that of the first rule with the scenario's verdict: one line.
std::string why_of(const ScenarioResult& scenario);
// A scenario's name as every consumer takes it: dots in place of slashes.
std::string stable_id(std::string_view scenario);

// tool: "mmuwitness VERSION"
std::string verdict_json(const JudgeResult& result, const HostFacts& host, const std::string& tool);
// KTAP version 1: a test per scenario, a subtest per rule.
std::string ktap(const JudgeResult& result);
// For CI systems: a test case per scenario. Inconclusive is an error, xfail skipped with its
// reason.
std::string junit(const JudgeResult& result, const HostFacts& host);
// For a terminal: the table, then what failed or was not certain, with event windows.
std::string table(const JudgeResult& result, bool colour);

// Of a run for a documented report: how often its signs were seen, in trials and checks, and
// whether this kernel has it. Empty for any other run.
std::string histogram(const JudgeResult& result);

// Should the output have colour? On a terminal, unless NO_COLOR says otherwise.
bool wants_colour(int fd);

Result<void> write_file(const std::string& path, const std::string& text);

}  // namespace mmuw
