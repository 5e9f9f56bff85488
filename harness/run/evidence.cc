// SPDX-License-Identifier: GPL-2.0-only
#include "run/evidence.h"

#include <future>
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
    // Both wait for the kernel most of the time, and no scenario has begun: what is not recorded
    // yet is not missed.
    auto recorder = std::async(std::launch::async, &Recorder::start,
                               RecorderOptions{directory_, buffer_kb, {}});
    device_.start(mmu);
    check_plant(device_, plant);  // which there are depends on the MMU
    recorder_ = value_of(recorder.get());
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
