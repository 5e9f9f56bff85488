// SPDX-License-Identifier: GPL-2.0-only
// What the kernel holds while the module is not loaded. Before and after it has to be the same.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace mmuw::hammer {

// A cache of the kernel's for objects of one kind.
struct Slabs {
    std::uint64_t objects = 0;  // in use, nothing kept in reserve
    std::uint64_t per_slab = 0;
};

struct Inventory {
    std::set<std::string> functions;  // that ftrace has patched, with who did
    std::set<std::string> kprobes;    // registered
    std::set<std::string> instances;  // of tracefs
    std::set<std::string> cpus;       // offline, by number
    std::uint64_t trampolines = 0;    // of ftrace and kprobes
    std::uint64_t symbols = 0;        // of the module in kallsyms
    std::uint64_t vms = 0;            // of KVM
    std::uint64_t vmalloc_kb = 0;
    std::map<std::string, Slabs> slabs;  // by name

    // Has caches dropped and reserves given back first.
    static Inventory take();
};

// What there is more of than before; `rounds`: how often something was done that may have leaked.
// Empty: nothing.
std::vector<std::string> left_over(const Inventory& before, const Inventory& after,
                                   std::uint64_t rounds);
// Until nothing is left over, or for some seconds: what is freed late (RCU, a last reference that a
// worker drops) has been by then.
std::vector<std::string> wait_for(const Inventory& before, std::uint64_t rounds);

// "NAME COUNT" of each of our modules that is loaded, with commas between.
std::string references();
// Unloads them, which must be possible at once or after what closes late has closed. Empty,
// or why not.
std::string unload_module();

// kmemleak, where the kernel has it: forgets what it knows / what it found since, while the
// module's symbols are there.
void forget_leaks();
std::vector<std::string> find_leaks();

}  // namespace mmuw::hammer
