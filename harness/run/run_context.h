// SPDX-License-Identifier: GPL-2.0-only
// What all scenarios of one run share. Scenarios are GoogleTest tests, which take no arguments:
// the CLI makes the one RunContext before they start.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "backing/scratch_fs.h"
#include "judge/judge.h"
#include "machine/machine_guard.h"
#include "perturb/perturbation.h"
#include "run/evidence.h"
#include "vmm/kvm.h"
#include "witness/device.h"
#include "witness/kernel_log.h"

namespace mmuw {

struct RunOptions {
    std::string plant;  // empty: none
    Perturbation& perturbation;
    MachineGuard& guard;
    bool emulated = false;
    // Asked before each scenario: true leaves out those that are left.
    std::function<bool()> stop = [] { return false; };
    std::uint64_t seed = 1;        // of the whole run; each scenario derives its own from it
    std::string_view report = {};  // that the run is for: its scenario may harm the machine
};

class RunContext {
  public:
    // `judged` is called with each scenario's result as soon as there is one.
    RunContext(RunOptions options, const Kvm& kvm, Evidence& evidence, const ScratchFs& scratch,
               std::function<void(const ScenarioResult&)> judged);
    ~RunContext();
    RunContext(const RunContext&) = delete;
    RunContext& operator=(const RunContext&) = delete;

    static RunContext& get();

    // A scenario's events lie between the two; end() has them judged.
    void begin(const std::string& name, std::uint64_t seed, const std::string& plant);
    const ScenarioResult& end(const note::ScenarioEnd& note);
    // Of scenarios of that name, with --repeat more than one.
    [[nodiscard]] std::uint64_t times_begun(const std::string& name) const;

    const JudgeResult& finish();

    const RunOptions options;
    const Kvm& kvm;
    Witness& witness;
    Device* const module;  // nullptr: without the module
    const ScratchFs& scratch;

  private:
    bool hear_losses();  // true: something is lost for good
    void note_missed_calls();
    void put_kernel_log_on_record();
    void judge_what_is_recorded();

    [[nodiscard]] std::vector<Hook> hooks() const;

    Evidence& evidence_;
    Judge judge_;
    KernelLog kernel_log_;
    std::uint64_t taint_ = kernel_taint();
    std::map<std::string, Hook> hooks_before_;  // when the scenario under way began
    std::string name_;                          // of the scenario under way
    std::uint64_t lost_ = 0;
    std::map<std::string, std::uint64_t> begun_;
    std::function<void(const ScenarioResult&)> judged_;
};

}  // namespace mmuw
