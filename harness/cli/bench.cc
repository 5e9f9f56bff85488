// SPDX-License-Identifier: GPL-2.0-only
// mmuwitness bench: what being witnessed costs a guest that writes under a dirty log, beside other
// ways to record the same functions, and what it costs bystanders. Figures to read, not a test.
#include <algorithm>
#include <chrono>
#include <format>
#include <functional>
#include <optional>
#include <print>

#include "bench/bystanders.h"
#include "bench/contender.h"
#include "cli/commands.h"
#include "cli/machine.h"
#include "cli/options.h"
#include "director/gate.h"
#include "run/observer.h"
#include "trace/recorder.h"
#include "vmm/anchor.h"
#include "vmm/guest.h"
#include "witness/device.h"
#include "witness/module.h"

namespace mmuw {

namespace {

namespace po = boost::program_options;
using Clock = std::chrono::steady_clock;
using Microseconds = std::chrono::duration<double, std::micro>;

constexpr std::uint64_t kPages = 256;
constexpr int kRounds = 50;

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

// Hooks that only a gate asks for, too: the others are given them as well.
void attach_all(Device& device) {
    for (const Point& point : device.points()) {
        if (!point.available) continue;
        const mmuwitness_pass nobody{.point = point.id,
                                     .vcpu = 0,
                                     .vm = MMUWITNESS_MAX_VMS,
                                     .file = 0,
                                     .where = MMUWITNESS_ANYWHERE};
        const Gate gate(&device, nobody, nobody);
    }
}

// mmuwitness itself: session, hooks, recorder, and the VMM's marks.
Sample witnessed(const Kvm& kvm, const std::string& directory) {
    Device device;
    auto recorder = Recorder::start({.directory = directory, .buffer_kb = 8192, .extra = {}});
    if (!recorder) throw std::runtime_error(recorder.error());
    device.start();
    attach_all(device);
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
        throw std::runtime_error(std::format("{} events lost {}", loss.events, loss.why));
    return sample;
}

// Null: nobody records.
Sample with(Contender* contender, const Kvm& kvm, const std::string& directory) {
    const BackingFile file(directory, kPages);
    Sample sample{};
    if (contender != nullptr) contender->start();
    sample.round_us = time_rounds(kvm, file, nullptr);
    if (contender != nullptr) sample.events = contender->stop();
    return sample;
}

struct Way {
    std::string name;
    std::function<Sample()> measure;
    std::vector<double> round_us = {};
    std::uint64_t events = 0;  // of the last turn
    std::string why = {};      // it cannot be measured here
};

// What else the machine does only adds.
double least(const std::vector<double>& times) {
    return *std::ranges::min_element(times);
}

double least(const Way& way) {
    return least(way.round_us);
}

double event_ns(const Way& way, const Way& bare) {
    return (least(way) - least(bare)) * 1000 * kRounds / static_cast<double>(way.events);
}

void measure(Way& way, const Way& bare) {
    if (!way.why.empty()) return;
    try {
        const Sample sample = way.measure();
        way.round_us.push_back(sample.round_us);
        way.events = sample.events;
    } catch (const NotHere& error) {
        way.why = error.what();
    } catch (const std::runtime_error& error) {
        if (&way == &bare) throw;
        way.why = error.what();
    }
}

void print_ways(const std::vector<Way>& ways, const Places& places, int turns) {
    std::println("guest writes {} pages, log collected: {} rounds, {} turns; the least of them",
                 kPages, kRounds, turns);
    std::println(
        "{} functions and {} tracepoints; mmuwitness also records returns, notifiers and "
        "marks",
        places.functions.size(), places.tracepoints.size());
    std::println("{:<20} {:>10} {:>10} {:>12} {:>10} {:>22}", "recorded by", "us/round",
                 "slow-down", "events/round", "ns/event", "ns/event : mmuwitness");
    const Way& bare = ways[0];
    const Way& ours = ways[1];
    for (const Way& way : ways) {
        if (!way.why.empty() || way.round_us.empty()) {
            std::println("{:<20} not measured: {}", way.name, way.why);
            continue;
        }
        std::print("{:<20} {:>10.0f} {:>9.2f}x", way.name, least(way), least(way) / least(bare));
        if (way.events == 0 || ours.events == 0)
            std::println("");
        else
            std::println(" {:>12} {:>10.0f} {:>21.2f}x", way.events / kRounds, event_ns(way, bare),
                         event_ns(way, bare) / event_ns(ours, bare));
    }
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    const std::size_t half = values.size() / 2;
    return values.size() % 2 ? values[half] : (values[half - 1] + values[half]) / 2;
}

void print_bystanders(const std::vector<Bystander>& bystanders, int turns) {
    std::println(
        "bystanders, by turns, {} of them: without the module (ms, the median), while a session",
        turns);
    std::println(
        "records, and with the kernel's function tracer on the same functions, for nobody");
    std::println("{:<34} {:>8} {:>9} {:>9} {:>9} {:>9}", "", "", "recorded", "", "traced", "");
    std::println("{:<34} {:>8} {:>9} {:>9} {:>9} {:>9}", "workload", "without", "median", "least",
                 "median", "least");
    for (const Bystander& b : bystanders)
        std::println("{:<34} {:>8.2f} {:>8.3f}x {:>8.3f}x {:>8.3f}x {:>8.3f}x", b.name,
                     median(b.without) * 1000, median(b.with) / median(b.without),
                     least(b.with) / least(b.without), median(b.control) / median(b.without),
                     least(b.control) / least(b.without));
}

}  // namespace

int bench_command(const Words& words) {
    std::string kmod, scratch_path;
    bool emulated = false;
    int turns = 0, bystander_turns = 0;
    po::options_description options("options");
    auto add = options.add_options();
    add("kmod", po::value(&kmod), "mmuwitness.ko to load");
    add("scratch", po::value(&scratch_path)->required(), "as with run");
    add("emulated", po::bool_switch(&emulated), "as with run");
    add("turns", po::value(&turns)->default_value(3), "how often each is measured");
    add("bystanders", po::value(&bystander_turns)->default_value(0),
        "turns with workloads that are not witnessed instead; wants --kmod");
    parse_options(words, "bench", options);
    if (turns < 1) throw Exit(kUsage, "bench: --turns must be at least 1");
    if (bystander_turns > 0 && kmod.empty())
        throw Exit(kUsage, "bench: --bystanders wants --kmod: it loads and unloads the module");
    check_machine("bench");

    const ScratchFs scratch = open_scratch(scratch_path);
    std::optional<KvmAnchor> anchor;
    if (emulated) anchor.emplace();
    if (bystander_turns > 0) {
        print_bystanders(measure_bystanders(kmod, scratch.directory(), bystander_turns),
                         bystander_turns);
        return kPass;
    }
    std::optional<Module> module;
    if (!kmod.empty()) module.emplace(kmod, ModuleParts{});
    const Kvm kvm;
    const Places places = [] {
        Device device;
        device.start();
        return hook_places(device);
    }();
    const std::string& directory = scratch.directory();
    const auto kprobes = make_kprobe_recording(places, directory);
    const auto trace_cmd = make_trace_cmd(places, directory);
    const auto counting = make_bpftrace(places, directory, BpftraceDoes::kCount);
    const auto printing = make_bpftrace(places, directory, BpftraceDoes::kPrint);
    std::vector<Way> ways = {
        {"nothing", [&] { return with(nullptr, kvm, directory); }},
        {"mmuwitness", [&] { return witnessed(kvm, directory); }},
        {"kprobe events", [&] { return with(kprobes.get(), kvm, directory); }},
        {"trace-cmd", [&] { return with(trace_cmd.get(), kvm, directory); }},
        {"bpftrace, counting", [&] { return with(counting.get(), kvm, directory); }},
        {"bpftrace, printing", [&] { return with(printing.get(), kvm, directory); }},
    };
    for (int turn = 0; turn < turns; turn++)  // what else the machine does hits all of them
        for (Way& way : ways) measure(way, ways.front());
    print_ways(ways, places, turns);
    return kPass;
}

}  // namespace mmuw
