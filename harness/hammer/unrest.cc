// SPDX-License-Identifier: GPL-2.0-only
#include "hammer/unrest.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <format>
#include <functional>
#include <thread>
#include <vector>

#include "base/fd.h"
#include "hammer/draw.h"
#include "machine/setting.h"
#include "perturb/disturbers.h"
#include "witness/module.h"

namespace mmuw::hammer {
namespace {

using namespace std::chrono_literals;

constexpr const char* kFtrace = "/proc/sys/kernel/ftrace_enabled";
constexpr const char* kInstances = "/sys/kernel/tracing/instances";

// Settings may refuse, be busy or be absent: that is counted, and the kernel's to answer.
bool try_setting(const std::string& path, const std::string& value) {
    try {
        write_setting(path, value);
        return true;
    } catch (const std::exception&) {
        return false;
    }
}

void read_some(const std::string& file) {
    std::array<char, 4096> text;
    const Fd fd(open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    for (int i = 0; i < 50 && ::read(fd.get(), text.data(), text.size()) > 0; i++) continue;
}

// Tiny: it overflows, wraps around and is thrown away with what is in it.
void use_instance(Draw& draw, Unrest& counts) {
    const std::string dir = std::format("{}/mmuwitness-{}", kInstances, getpid());
    if (mkdir(dir.c_str(), 0700) != 0 && errno != EEXIST) return;
    try_setting(dir + "/buffer_size_kb", std::to_string(4 << draw.below(6)));
    try_setting(dir + "/events/mmuwitness/enable", "1");
    std::this_thread::sleep_for(draw.below(50ms));
    read_some(dir + (draw.one_in(2) ? "/trace_pipe" : "/trace"));
    if (draw.one_in(2)) try_setting(dir + "/events/mmuwitness/enable", "0");
    if (rmdir(dir.c_str()) == 0) counts.instances++;
}

void switch_ftrace(Draw& draw, Unrest& counts) {
    counts.refused += !try_setting(kFtrace, "0");
    std::this_thread::sleep_for(draw.below(50ms));
    if (try_setting(kFtrace, "1")) counts.switches++;
}

void unload(const Orders& orders, Unrest& counts) {
    if (Module::remove() != 0) return;
    Module module(orders.kmod, {.plants = true, .reference = true});
    module.keep();
    counts.unloads++;
}

// The disturber of that name, without a guest: it knows which CPUs may go.
void hotplug(Disturber& disturber, Draw& draw) {
    static mmuw::Target nobody;
    Random random(static_cast<Random::result_type>(draw.next()));
    disturber.step(nobody, random);
}

}  // namespace

void make_unrest(const Orders& orders, const std::atomic<bool>& stop, Unrest& counts) {
    const auto again = [&](std::uint64_t which, std::chrono::microseconds pause, auto step) {
        return std::thread([=, &orders, &stop, &counts] {
            Draw draw(orders.seed, which);
            while (!stop) {
                std::this_thread::sleep_for(draw.below(pause));
                try {
                    step(draw);
                } catch (const std::exception&) {
                    counts.refused++;
                }
            }
        });
    };
    MachineGuard guard;
    std::unique_ptr<Disturber> cpus;
    try {
        cpus = make_hotplug(guard);
        guard.keep(kFtrace);
    } catch (const Unavailable&) {
        // one CPU only
    }
    std::vector<std::thread> threads;
    threads.push_back(again(1, 200ms, [&](Draw& draw) { use_instance(draw, counts); }));
    threads.push_back(again(2, 2s, [&](Draw& draw) { switch_ftrace(draw, counts); }));
    threads.push_back(again(3, 1s, [&](Draw&) { unload(orders, counts); }));
    if (cpus)
        threads.push_back(again(4, 1s, [&](Draw& draw) {
            hotplug(*cpus, draw);
            counts.hotplugs++;
        }));
    for (std::thread& thread : threads) thread.join();
}

}  // namespace mmuw::hammer
