// SPDX-License-Identifier: GPL-2.0-only
// plants, disturbers: mmuwitness selftest for each plant, mmuwitness run under all disturbers.
#include <format>
#include <fstream>

#include "hammer/part.h"
#include "selftest/child.h"
#include "witness/device.h"
#include "witness/kernel_log.h"
#include "witness/module.h"

namespace mmuw::hammer {
namespace {

// It has the module warn, and is the only one that has.
bool planted(const Plant& plant, const std::string& line) {
    return plant.name == "kernel-warns" &&
           (line.contains("[mmuwitness]") || line.contains("Call Trace:"));
}

std::string last_line(const std::string& file) {
    std::ifstream in(file);
    std::string line, last;
    while (std::getline(in, line))
        if (!line.empty()) last = line;
    return last;
}

std::vector<std::string> words_of(const Orders& orders, const std::string& command) {
    std::vector<std::string> words = {command,     "--kmod",       orders.kmod,
                                      "--scratch", orders.scratch, "--out",
                                      orders.out,  "--seed",       std::to_string(orders.seed)};
    if (orders.emulated) words.emplace_back("--emulated");
    if (!orders.kvm) words.insert(words.end(), {"--mmu", "reference"});
    return words;
}

// Its status is 0, or that of a skip.
std::string run(const Orders& orders, const std::vector<std::string>& words) {
    const std::string output = orders.out + "/run.txt";
    const auto status = run_child(words, output, std::chrono::seconds(600), orders.stopped);
    if (!status) return status.error();
    if (*status == 0 || *status == 4) return "";
    return std::format("status {}: {}", *status, last_line(output));
}

std::vector<Plant> plants(const Orders& orders) {
    const Module module(orders.kmod, {.plants = true, .reference = true});
    Device device;
    if (!orders.kvm) device.start(MMUWITNESS_MMU_REFERENCE);
    return device.plants();
}

}  // namespace

Outcome hammer_plants(const Orders& orders) {
    const Clock clock(orders);
    Outcome outcome;
    std::uint64_t hits = 0, absent = 0;
    const auto all = plants(orders);
    for (const Plant& plant : all) {
        if (clock.up() || outcome.done == orders.count) break;
        outcome.done++;
        if (!plant.available) {
            absent++;
            continue;
        }
        KernelLog log;
        auto words = words_of(orders, "selftest");
        words.insert(words.end(), {"--plant", plant.name});
        if (const std::string why = run(orders, words); !why.empty())
            outcome.bad.push_back(std::format("{}: {}", plant.name, why));
        hits++;
        for (const std::string& line : log.read().suspicious)
            if (!planted(plant, line))
                outcome.bad.push_back(std::format("{}: the kernel: {}", plant.name, line));
    }
    outcome.whole = outcome.done == all.size();
    outcome.note = std::format("{} planted, {} have no place here", hits, absent);
    return outcome;
}

Outcome hammer_disturbers(const Orders& orders) {
    const Clock clock(orders);
    Outcome outcome;
    for (; outcome.done < orders.count && !clock.up() && outcome.bad.empty(); outcome.done++) {
        Orders its = orders;
        its.seed += outcome.done;
        auto words = words_of(its, "run");
        words.emplace_back("--perturb=all");
        if (orders.few) words.insert(words.end(), {"--filter", "Turns.*"});
        if (const std::string why = run(orders, words); !why.empty()) outcome.bad.push_back(why);
    }
    return outcome;
}

}  // namespace mmuw::hammer
