// SPDX-License-Identifier: GPL-2.0-only
// mmuwitness bench: what being witnessed costs a guest that writes under a dirty log. A figure to
// read, not a test.
#include <algorithm>
#include <chrono>
#include <format>
#include <optional>
#include <print>

#include "cli/commands.h"
#include "cli/machine.h"
#include "cli/options.h"
#include "scenario/observer.h"
#include "trace/recorder.h"
#include "vmm/anchor.h"
#include "vmm/guest.h"
#include "witness/module.h"

namespace mmuw {

namespace {

namespace po = boost::program_options;
using Clock = std::chrono::steady_clock;
using Microseconds = std::chrono::duration<double, std::micro>;

constexpr std::uint64_t kPages = 256;
constexpr int kRounds = 50;
constexpr int kPairs = 5;

struct Sample {
    double round_us;
    std::uint64_t events = 0;  // of all rounds
};

// Each round the guest writes to every page, a write fault each, and the log is collected.
double time_rounds(const Kvm& kvm, const BackingFile& file, VmObserver* observer) {
    Guest guest(kvm, {.pages = kPages, .observer = observer});
    Memslot& slot = guest.add_memory(0, kPages, file.mapping().get());
    guest.start();
    guest.log().enable(slot);
    guest.write(0, 0, kPages);
    const auto begin = Clock::now();
    for (int round = 0; round < kRounds; round++) {
        static_cast<void>(guest.log().collect(slot));
        guest.write(0, 0, kPages);
    }
    return Microseconds(Clock::now() - begin).count() / kRounds;
}

Sample unwitnessed(const Kvm& kvm, const std::string& directory) {
    const BackingFile file(directory, kPages);
    return {.round_us = time_rounds(kvm, file, nullptr)};
}

Sample witnessed(const Kvm& kvm, const std::string& directory) {
    Device device;
    auto recorder = Recorder::start({.directory = directory, .buffer_kb = 8192, .extra = {}});
    if (!recorder) throw std::runtime_error(recorder.error());
    device.start();
    WitnessedFiles files;
    WitnessedFile& file = files.add(device, directory, kPages);
    WitnessObserver observer(device, files, {});
    Sample sample{};
    const std::uint64_t before = device.last_seq();
    sample.round_us = time_rounds(kvm, file.file(), &observer);
    sample.events = device.last_seq() - before;
    (*recorder)->sync();
    const Recorder::Loss loss = (*recorder)->loss();
    if (loss.events != 0 || !loss.why.empty())
        throw Exit(kFail, std::format("bench: {} events lost {}", loss.events, loss.why));
    return sample;
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

}  // namespace

int bench_command(const Words& words) {
    std::string kmod, scratch_path;
    bool emulated = false;
    po::options_description options("options");
    auto add = options.add_options();
    add("kmod", po::value(&kmod), "mmuwitness.ko to load");
    add("scratch", po::value(&scratch_path)->required(), "as with run");
    add("emulated", po::bool_switch(&emulated), "as with run");
    parse_options(words, "bench", options);
    check_machine("bench");

    std::optional<Module> module;
    if (!kmod.empty()) module.emplace(kmod, "");
    const ScratchFs scratch = open_scratch(scratch_path);
    std::optional<KvmAnchor> anchor;
    if (emulated) anchor.emplace();
    const Kvm kvm;
    std::vector<double> off, on, ratios;
    std::uint64_t events = 0;
    for (int pair = 0; pair < kPairs; pair++) {  // in turns: what else the machine does hits both
        off.push_back(unwitnessed(kvm, scratch.directory()).round_us);
        const Sample sample = witnessed(kvm, scratch.directory());
        on.push_back(sample.round_us);
        ratios.push_back(on.back() / off.back());
        events = sample.events;
    }
    const double cost_ns =
        (median(on) - median(off)) * 1000 * kRounds / static_cast<double>(events);
    std::println("guest writes {} pages, log collected: {} rounds, {} pairs of runs", kPages,
                 kRounds, kPairs);
    std::println("unwitnessed  {:8.0f} us a round (median)", median(off));
    std::println("witnessed    {:8.0f} us a round (median), {} events a round", median(on),
                 events / kRounds);
    std::println("slow-down    {:8.2f}x (median of pairs; {:.2f} to {:.2f}), {:.0f} ns an event",
                 median(ratios), *std::ranges::min_element(ratios),
                 *std::ranges::max_element(ratios), cost_ns);
    return kPass;
}

}  // namespace mmuw
