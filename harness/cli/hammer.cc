// SPDX-License-Identifier: GPL-2.0-only
// mmuwitness hammer: everything very often, and then nothing left of it in the kernel.
#include <sys/prctl.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <format>
#include <optional>
#include <print>
#include <random>

#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/machine.h"
#include "cli/options.h"
#include "hammer/inventory.h"
#include "hammer/part.h"
#include "vmm/anchor.h"
#include "vmm/guest.h"
#include "witness/device.h"
#include "witness/kernel_log.h"
#include "witness/module.h"

namespace mmuw {

namespace {

using namespace hammer;
namespace po = boost::program_options;

struct Settings {
    Orders orders;
    std::vector<const Part*> parts;
    std::optional<std::uint64_t> count, limit;
    std::string replay;
};

std::vector<const Part*> parse_parts(const std::string& list) {
    std::vector<const Part*> parts;
    if (list == "all") {
        for (const Part& part : hammer_parts()) parts.push_back(&part);
        return parts;
    }
    for (std::size_t at = 0; at <= list.size();) {
        const std::size_t end = std::min(list.find(',', at), list.size());
        const std::string name = list.substr(at, end - at);
        const auto known = std::ranges::find(hammer_parts(), name, &Part::name);
        if (known == hammer_parts().end())
            throw Exit(kUsage, std::format("hammer: unknown part '{}': see --help", name));
        parts.push_back(&*known);
        at = end + 1;
    }
    return parts;
}

Settings parse(const Words& words) {
    Settings s;
    Orders& o = s.orders;
    std::string known = "all, or of these, with commas between:";
    for (const Part& part : hammer_parts()) known += std::format(" {}", part.name);
    po::options_description options("options");
    auto add = options.add_options();
    add("kmod", po::value(&o.kmod)->required(), "mmuwitness.ko");
    add("scratch", po::value(&o.scratch)->required(), "as with run");
    add("out", po::value(&o.out)->default_value("."), "where records go");
    add("part", po::value<std::string>()->default_value("all"), known.c_str());
    add("seed", po::value(&o.seed)->default_value(std::random_device()() % 1'000'000),
        "of all parts");
    add("count", po::value<std::uint64_t>(), "how often, instead of the part's own number");
    add("limit", po::value<std::uint64_t>(), "seconds for a part");
    add("few", po::bool_switch(&o.few), "small numbers: some seconds a part");
    add("replay", po::value(&s.replay),
        "WORKER:FROM-TO: these calls of part ioctl, alone, each printed before it is made");
    add("emulated", po::bool_switch(&o.emulated), "as with run");
    const auto values = parse_options(words, "hammer", options);
    s.parts = parse_parts(values["part"].as<std::string>());
    if (values.contains("count")) s.count = values["count"].as<std::uint64_t>();
    if (values.contains("limit")) s.limit = values["limit"].as<std::uint64_t>();
    o.kvm = access("/dev/kvm", R_OK | W_OK) == 0;
    o.stopped = interrupted;
    return s;
}

void load_module(const Orders& orders) {
    Module module(orders.kmod, {.plants = true, .reference = true});
    module.keep();
}

// With the module, and a place for files, if the part wants it so.
Outcome run_part(const Part& part, Orders orders) {
    if (!part.loads) return part.run(orders);
    load_module(orders);
    const ScratchFs files = open_scratch(orders.scratch);
    orders.directory = files.directory();
    return part.run(orders);
}

// Would not be survived with a notifier, a probe or a patched call left that leads nowhere.
std::string run_a_guest(const Orders& orders) {
    if (!orders.kvm) return "";
    try {
        constexpr std::uint64_t kPages = 16;
        const Mapping memory(kPages * page_size(), PROT_READ | PROT_WRITE,
                             MAP_SHARED | MAP_ANONYMOUS);
        const Kvm kvm;
        Guest guest(kvm, {.pages = kPages});
        Memslot& slot = guest.add_memory(0, kPages, memory.get());
        guest.start();
        guest.log().enable(slot);
        guest.write(0, 0, kPages);
        return "";
    } catch (const std::exception& error) {
        return std::format("a guest without the module: {}", error.what());
    }
}

// The kernel's own trampoline for kprobes stays once there was one: a plant for every VM has some.
void use_kprobes(const Orders& orders) {
    const Module module(orders.kmod, {.plants = true, .reference = true});
    Device device;
    for (const Plant& plant : device.plants())
        if (plant.available && plant.name == "log-mark-skipped")
            device.plant(plant.name, Device::PlantFor::kEveryVm);
}

// What is allocated once and kept, is by now.
void warm_up(const Orders& orders) {
    use_kprobes(orders);
    Orders few = orders;
    few.count = 3;
    few.limit = std::chrono::seconds(60);
    for (const Part& part : hammer_parts().first(2)) {
        static_cast<void>(run_part(part, few));
        static_cast<void>(unload_module());
    }
    static_cast<void>(run_a_guest(orders));
}

class Hammer {
  public:
    explicit Hammer(const Settings& settings) : s_(settings) {}

    void run(const Part& part) {
        const Orders orders = orders_for(part);
        const auto before = Inventory::take();
        forget_leaks();
        KernelLog log;
        const auto begin = std::chrono::steady_clock::now();
        Outcome outcome = outcome_of(part, orders);
        const auto seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
        if (outcome.done < orders.count && !outcome.whole && outcome.bad.empty())
            outcome.bad.push_back(interrupted() ? "interrupted" : "not done in time");
        look_after(part, orders, before, outcome, log);
        tell(part, orders, outcome, seconds);
    }

    [[nodiscard]] int summary() const {
        std::println("{} passed, {} failed", passed_, failed_);
        return failed_ == 0 ? kPass : kFail;
    }

  private:
    [[nodiscard]] Orders orders_for(const Part& part) const {
        Orders orders = s_.orders;
        orders.count = s_.count.value_or(orders.few ? part.few : part.count);
        orders.limit = s_.limit ? std::chrono::seconds(*s_.limit) : part.limit;
        return orders;
    }

    static Outcome outcome_of(const Part& part, const Orders& orders) {
        try {
            return run_part(part, orders);
        } catch (const std::exception& error) {
            return {.done = 0, .bad = {error.what()}};
        }
    }

    static void look_after(const Part& part, const Orders& orders, const Inventory& before,
                           Outcome& outcome, KernelLog& log) {
        auto add = [&](const std::string& what) {
            if (!what.empty() && !std::ranges::contains(outcome.bad, what))
                outcome.bad.push_back(what);
        };
        for (const std::string& leak : find_leaks()) add(leak);
        add(unload_module());
        add(run_a_guest(orders));
        for (const std::string& rest : wait_for(before, outcome.done)) add(rest);
        const KernelLog::Reading said = log.read();
        if (said.overrun) add("the kernel said more than its log holds");
        if (part.warns) return;
        for (const std::string& line : said.suspicious) add("the kernel: " + line);
    }

    void tell(const Part& part, const Orders& orders, const Outcome& outcome, double seconds) {
        const bool good = outcome.bad.empty();
        (good ? passed_ : failed_)++;
        std::println(
            "{:<7} {}: {}{} {}, seed {}, {:.1f} s{}{}", good ? "ok" : "FAILED", part.name,
            outcome.done,
            outcome.whole || outcome.done >= orders.count ? ""
                                                          : std::format(" of {}", orders.count),
            part.what, orders.seed, seconds, outcome.note.empty() ? "" : "; ", outcome.note);
        constexpr std::size_t kMost = 20;
        for (std::size_t i = 0; i < outcome.bad.size() && i < kMost; i++)
            std::println("        | {}", outcome.bad[i]);
        if (outcome.bad.size() > kMost)
            std::println("        | and {} more", outcome.bad.size() - kMost);
        std::fflush(stdout);
    }

    const Settings& s_;
    int passed_ = 0, failed_ = 0;
};

// WORKER:FROM-TO
int replay(const Settings& s) {
    unsigned worker = 0;
    std::uint64_t from = 0, to = 0;
    if (std::sscanf(s.replay.c_str(), "%u:%lu-%lu", &worker, &from, &to) != 3 || from > to)
        throw Exit(kUsage, std::format("hammer: '{}' is not WORKER:FROM-TO", s.replay));
    load_module(s.orders);
    const ScratchFs files = open_scratch(s.orders.scratch);
    Orders orders = s.orders;
    orders.directory = files.directory();
    replay_ioctl(orders, worker, from, to);
    const std::string why = unload_module();
    if (!why.empty()) throw Exit(kFail, "hammer: " + why);
    return kPass;
}

}  // namespace

int hammer_command(const Words& words) {
    Settings s = parse(words);
    check_machine("hammer", {.kvm = false});
    catch_interrupts();
    static_cast<void>(unload_module());
    std::optional<KvmAnchor> anchor;
    if (s.orders.emulated && s.orders.kvm) anchor.emplace();
    if (!s.replay.empty()) return replay(s);
    warm_up(s.orders);
    Hammer hammer(s);
    for (const Part* part : s.parts) {
        if (interrupted()) break;
        hammer.run(*part);
    }
    return hammer.summary();
}

}  // namespace mmuw
