// SPDX-License-Identifier: GPL-2.0-only
#include "hammer/inventory.h"

#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <format>
#include <fstream>
#include <sstream>
#include <thread>

#include "machine/setting.h"
#include "witness/module.h"

namespace mmuw::hammer {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr const char* kTracing = "/sys/kernel/tracing";
constexpr const char* kDebug = "/sys/kernel/debug";
constexpr auto kPatience = 10s;

std::set<std::string> lines(const std::string& file) {
    std::set<std::string> all;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) all.insert(line);
    return all;
}

std::set<std::string> names(const std::string& directory) {
    std::set<std::string> all;
    std::error_code absent;
    for (const auto& entry : fs::directory_iterator(directory, absent))
        all.insert(entry.path().filename());
    return all;
}

// Kernels and settings differ in what they let one write: what does not work is left out.
void try_write(const std::string& file, const std::string& value) {
    std::ofstream(file) << value << std::flush;
}

// "PID-FD", while the VM exists (kvm_create_vm_debugfs()).
std::uint64_t kvm_vms() {
    return static_cast<std::uint64_t>(
        std::ranges::count_if(names(std::string(kDebug) + "/kvm"), [](const std::string& name) {
            return name.find_first_not_of("0123456789-") == name.npos;
        }));
}

void count_symbols(Inventory& inventory) {
    std::ifstream in("/proc/kallsyms");
    for (std::string line; std::getline(in, line);) {
        inventory.symbols += line.contains("[mmuwitness");
        inventory.trampolines += line.ends_with("[__builtin__ftrace]");
    }
}

std::uint64_t vmalloc_kb() {
    std::ifstream in("/proc/meminfo");
    for (std::string word; in >> word;)
        if (std::uint64_t kb = 0; word == "VmallocUsed:" && in >> kb) return kb;
    return 0;
}

// "name active_objs num_objs objsize objperslab ..." after two lines of heading
// (mm/slab_common.c).
std::map<std::string, Slabs> slabs() {
    std::map<std::string, Slabs> all;
    std::ifstream in("/proc/slabinfo");
    for (std::string line; std::getline(in, line);) {
        std::istringstream words(line);
        std::string name;
        std::uint64_t active = 0, objects = 0, bytes = 0, per_slab = 0;
        if (words >> name >> active >> objects >> bytes >> per_slab)
            all[name] = {.objects = active, .per_slab = per_slab};
    }
    return all;
}

// An object that a CPU keeps in reserve counts as one in use.
void give_back_reserves() {
    sync();
    try_write("/proc/sys/vm/drop_caches", "3");
    for (const std::string& cache : names("/sys/kernel/slab"))
        try_write("/sys/kernel/slab/" + cache + "/shrink", "1");
}

std::set<std::string> difference(const std::set<std::string>& more,
                                 const std::set<std::string>& less) {
    std::set<std::string> rest;
    std::ranges::set_difference(more, less, std::inserter(rest, rest.end()));
    return rest;
}

void tell_new(std::vector<std::string>& out, const char* what, const std::set<std::string>& before,
              const std::set<std::string>& after) {
    const auto rest = difference(after, before);
    if (!rest.empty())
        out.push_back(std::format("{} {} left, such as {}", rest.size(), what, *rest.begin()));
}

void tell_more(std::vector<std::string>& out, const char* what, std::uint64_t before,
               std::uint64_t after, std::uint64_t allowed) {
    if (after > before + allowed)
        out.push_back(std::format("{}: {}, were {}", what, after, before));
}

bool has_kmemleak() {
    return fs::exists(std::string(kDebug) + "/kmemleak");
}

}  // namespace

Inventory Inventory::take() {
    if (!fs::exists(std::string(kDebug) + "/kprobes"))
        static_cast<void>(mount("debugfs", kDebug, "debugfs", 0, nullptr));
    give_back_reserves();
    Inventory now;
    now.functions = lines(std::string(kTracing) + "/enabled_functions");
    now.kprobes = lines(std::string(kDebug) + "/kprobes/list");
    now.instances = names(std::string(kTracing) + "/instances");
    now.cpus = lines("/sys/devices/system/cpu/offline");
    now.vms = kvm_vms();
    count_symbols(now);
    now.vmalloc_kb = hammer::vmalloc_kb();
    now.slabs = hammer::slabs();
    return now;
}

std::vector<std::string> left_over(const Inventory& before, const Inventory& after,
                                   std::uint64_t rounds) {
    std::vector<std::string> out;
    tell_new(out, "patched functions", before.functions, after.functions);
    tell_new(out, "kprobes", before.kprobes, after.kprobes);
    tell_new(out, "trace instances", before.instances, after.instances);
    tell_new(out, "CPUs offline", before.cpus, after.cpus);
    tell_more(out, "trampolines", before.trampolines, after.trampolines, 0);
    tell_more(out, "symbols of the module", before.symbols, after.symbols, 0);
    tell_more(out, "VMs", before.vms, after.vms, 0);
    tell_more(out, "KB of vmalloc", before.vmalloc_kb, after.vmalloc_kb, 1024 + rounds * 2);
    // One object in two rounds is a leak; below some hundreds it may be anybody's. Of the slab that
    // a CPU takes objects from all count as in use (SLUB's get_slabinfo()), and each CPU may have
    // taken one since the caches were shrunk.
    const auto cpus = static_cast<std::uint64_t>(sysconf(_SC_NPROCESSORS_CONF));
    for (const auto& [name, slabs] : after.slabs) {
        const auto it = before.slabs.find(name);
        tell_more(out, ("objects of " + name).c_str(),
                  it == before.slabs.end() ? 0 : it->second.objects, slabs.objects,
                  std::max<std::uint64_t>(rounds / 2, 500) + cpus * slabs.per_slab);
    }
    return out;
}

std::vector<std::string> wait_for(const Inventory& before, std::uint64_t rounds) {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    for (;;) {
        auto rest = left_over(before, Inventory::take(), rounds);
        if (rest.empty() || std::chrono::steady_clock::now() >= end) return rest;
        std::this_thread::sleep_for(500ms);
    }
}

std::string references() {
    std::string text;
    for (const std::string& name : names("/sys/module"))
        if (name.starts_with("mmuwitness"))
            text += (text.empty() ? "" : ", ") + name + ' ' +
                    read_setting("/sys/module/" + name + "/refcnt");
    return text;
}

std::string unload_module() {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    for (;;) {
        const int error = Module::remove();
        if (error == 0 || error == ENOENT) break;
        if (error != EWOULDBLOCK || std::chrono::steady_clock::now() >= end)
            return std::format("the modules cannot be unloaded ({}), references: {}",
                               strerror(error), references());
        std::this_thread::sleep_for(20ms);
    }
    const std::string left = references();
    return left.empty() ? "" : "unloaded, and still there: " + left;
}

void forget_leaks() {
    if (has_kmemleak()) try_write(std::string(kDebug) + "/kmemleak", "clear");
}

std::vector<std::string> find_leaks() {
    std::vector<std::string> out;
    if (!has_kmemleak()) return out;
    const std::string file = std::string(kDebug) + "/kmemleak";
    // An object is told of when two scans have not found it; young ones are not (5 s).
    std::this_thread::sleep_for(6s);
    for (int scan = 0; scan < 2; scan++) try_write(file, "scan");
    std::ifstream in(file);
    std::string object;
    const auto end_object = [&] {
        if (!object.empty()) out.push_back(object);
        object.clear();
    };
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("unreferenced object")) end_object();
        if (line.starts_with("unreferenced object") || line.starts_with("    ["))
            object +=
                (object.empty() ? "kmemleak: " : " <") + line.substr(line.find_first_not_of(' '));
    }
    end_object();
    return out;
}

}  // namespace mmuw::hammer
