// SPDX-License-Identifier: GPL-2.0-only
#include "scenario/evidence.h"

#include <stdexcept>
#include <utility>

namespace mmuw {

namespace {

template <class T>
T value_of(Result<T> result) {
    if (!result) throw std::runtime_error(result.error());
    return std::move(*result);
}

// Before the scenarios: each plants it anew, which costs the first one nothing then.
void check_plant(Device& device, const std::string& plant) {
    if (!plant.empty()) device.plant(plant);
}

}  // namespace

ModuleEvidence::ModuleEvidence(std::string directory, std::size_t buffer_kb,
                               const std::string& plant, std::uint32_t mmu)
    : directory_(std::move(directory)) {
    recorder_ =
        value_of(Recorder::start({.directory = directory_, .buffer_kb = buffer_kb, .extra = {}}));
    device_.start(mmu);
    check_plant(device_, plant);  // which there are depends on the MMU
    stream_ = std::make_unique<EventStream>(value_of(recorder_->stream()));
}

Result<bool> ModuleEvidence::judge_scenario(Judge& judge) {
    return mmuw::judge_scenario(*stream_, judge);
}

Result<void> ModuleEvidence::finish() {
    return recorder_->finish(directory_ + "/trace.dat");
}

MarksEvidence::MarksEvidence(const std::string& directory) : file_(directory + "/marks.txt") {}

Result<bool> MarksEvidence::judge_scenario(Judge& judge) {
    const std::size_t before = judge.result().scenarios.size();
    while (judge.result().scenarios.size() == before) {
        const auto event = notebook_.take();
        if (!event) return false;
        judge.feed(*event);
        file_.add(*event);
    }
    return true;
}

}  // namespace mmuw
