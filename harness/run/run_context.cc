// SPDX-License-Identifier: GPL-2.0-only
#include "run/run_context.h"

#include <chrono>
#include <format>
#include <stdexcept>
#include <thread>
#include <utility>

#include "vmm/arch.h"

namespace mmuw {

namespace {

using namespace std::chrono_literals;

// A preempted task on a loaded machine waits for some time slices; a CPU of an emulator or of a
// virtual machine, for as long as the machine below gives it none.
constexpr auto kLateEventPatience = 5s;
constexpr auto kLateEventDelay = 4ms;

RunContext* current = nullptr;

}  // namespace

RunContext::RunContext(RunOptions run_options, const Kvm& run_kvm, Evidence& evidence,
                       const ScratchFs& run_scratch,
                       std::function<void(const ScenarioResult&)> judged)
    : options(std::move(run_options)),
      kvm(run_kvm),
      witness(evidence.witness()),
      module(evidence.module()),
      scratch(run_scratch),
      evidence_(evidence),
      judged_(std::move(judged)) {
    current = this;
}

RunContext::~RunContext() {
    current = nullptr;
}

RunContext& RunContext::get() {
    if (current == nullptr) throw std::logic_error("scenarios run by 'mmuwitness run' only");
    return *current;
}

std::uint64_t RunContext::times_begun(const std::string& name) const {
    const auto begun = begun_.find(name);
    return begun == begun_.end() ? 0 : begun->second;
}

std::vector<Hook> RunContext::hooks() const {
    return module ? module->hooks() : std::vector<Hook>{};
}

void RunContext::begin(const std::string& name, std::uint64_t seed, const std::string& plant) {
    begun_[name]++;
    name_ = name;
    witness.note(note::ScenarioBegin{.name = name, .seed = seed, .plant = plant});
    witness.note(note::Rule{.name = "quiet-kernel"});
    const std::string no_sptes = kvm.mmu().reference ? "" : arch::why_no_spte_events();
    for (const Hook& hook : hooks()) {
        hooks_before_[hook.name] = hook;
        const bool blind = hook.name.starts_with("spte") && !no_sptes.empty();
        note::Hook note{.name = hook.name};
        if (blind)
            note.missing = no_sptes;
        else if (!hook.attached)
            note.missing = hook.why.empty() ? "no reason given" : hook.why;
        witness.note(note);
    }
}

bool RunContext::hear_losses() {
    const Recorder::Loss loss = evidence_.loss();
    const bool more = loss.events > lost_;
    if (more) judge_.lost(loss.events - std::exchange(lost_, loss.events));
    if (!loss.why.empty()) judge_.doubt(loss.why);
    return more || !loss.why.empty();
}

// A probe that was busy misses calls, and one that was switched off all of them: a flush that was
// not seen looks like one that was forgotten. The counts are the session's: what is new since the
// scenario began is the scenario's.
void RunContext::note_missed_calls() {
    for (const Hook& hook : hooks()) {
        const Hook& before = hooks_before_[hook.name];
        if (before.attached && (!hook.attached || hook.why != before.why))
            witness.note(note::Doubt{.why = std::format("hook {}: {}", hook.name, hook.why)});
    }
}

// Also of the time since the scenario before: what an RCU callback or a worker had to say.
void RunContext::put_kernel_log_on_record() {
    const auto reading = kernel_log_.read();
    if (reading.overrun) witness.note(note::Doubt{.why = "the kernel log overran"});
    for (const std::string& line : reading.suspicious) witness.note(note::KernelLog{.line = line});
    const std::uint64_t taint = kernel_taint();
    witness.mark(0, mark::KernelLog{.lines = reading.lines,
                                    .suspicious = reading.suspicious.size(),
                                    .taint = taint & ~taint_});
    taint_ |= taint;
}

// A task may have taken its event's number and been preempted before it wrote the event: what is
// late is waited for before it counts as lost.
void RunContext::judge_what_is_recorded() {
    const auto until = std::chrono::steady_clock::now() + kLateEventPatience;
    for (;;) {
        evidence_.sync();
        const bool lost = hear_losses();
        const Result<bool> judged = evidence_.judge_scenario(judge_);
        if (!judged) judge_.doubt(judged.error());
        if (!judged || *judged) return;
        // What is lost for certain never comes.
        if (lost || std::chrono::steady_clock::now() >= until) break;
        std::this_thread::sleep_for(kLateEventDelay);
    }
    judge_.settle();
}

const ScenarioResult& RunContext::end(const note::ScenarioEnd& note) {
    const std::size_t before = judge_.result().scenarios.size();
    put_kernel_log_on_record();
    note_missed_calls();
    witness.note(note);
    judge_what_is_recorded();
    if (judge_.result().scenarios.size() == before) judge_.finish();
    if (judge_.result().scenarios.size() == before) {
        const std::string why = evidence_.loss().why;
        judge_.unrecorded(name_, why.empty() ? "the recording has nothing of it" : why);
    }
    const ScenarioResult& result = judge_.result().scenarios.back();
    judged_(result);
    return result;
}

const JudgeResult& RunContext::finish() {
    judge_.finish();
    return judge_.result();
}

}  // namespace mmuw
