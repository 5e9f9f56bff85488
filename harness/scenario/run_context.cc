// SPDX-License-Identifier: GPL-2.0-only
#include "scenario/run_context.h"

#include <format>
#include <stdexcept>
#include <utility>

namespace mmuw {

namespace {

RunContext* current = nullptr;

}  // namespace

RunContext::RunContext(RunOptions run_options, const Kvm& run_kvm, Device& run_device, Recorder& recorder,
         EventStream stream, const ScratchFs& run_scratch,
         std::function<void(const ScenarioResult&)> judged)
    : options(std::move(run_options)),
      kvm(run_kvm),
      device(run_device),
      scratch(run_scratch),
      recorder_(recorder),
      stream_(std::move(stream)),
      judged_(std::move(judged)) {
    current = this;
}

RunContext::~RunContext() { current = nullptr; }

RunContext& RunContext::get() {
    if (current == nullptr) throw std::logic_error("scenarios run by 'mmuwitness run' only");
    return *current;
}

void RunContext::begin(const std::string& name, std::uint64_t seed, const std::string& plant) {
    device.note(MMUWITNESS_NOTE_SCENARIO_BEGIN,
                std::format("{} seed={} plant={}", name, seed, plant.empty() ? "-" : plant));
    for (const Hook& hook : device.hooks())
        device.note(MMUWITNESS_NOTE_HOOK,
                    hook.attached ? std::format("{} attached", hook.name)
                                  : std::format("{} missing {}", hook.name, hook.why));
}

void RunContext::hear_losses() {
    const Recorder::Loss loss = recorder_.loss();
    if (loss.events > lost_) judge_.lost(loss.events - std::exchange(lost_, loss.events));
    if (!loss.why.empty()) judge_.doubt(loss.why);
}

const ScenarioResult& RunContext::end(const std::string& note) {
    const std::size_t before = judge_.result().scenarios.size();
    device.note(MMUWITNESS_NOTE_SCENARIO_END, note);
    recorder_.sync();
    hear_losses();
    const Result<bool> judged = judge_scenario(stream_, judge_);
    if (!judged) judge_.doubt(judged.error());
    judge_.settle();
    if (judge_.result().scenarios.size() == before) judge_.finish();
    if (judge_.result().scenarios.size() == before)
        throw std::runtime_error(std::format("nothing of '{}' is in the recording", note));
    const ScenarioResult& result = judge_.result().scenarios.back();
    judged_(result);
    return result;
}

const JudgeResult& RunContext::finish() {
    judge_.finish();
    return judge_.result();
}

}  // namespace mmuw
