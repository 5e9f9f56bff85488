// SPDX-License-Identifier: GPL-2.0-only
#include "cli/host_facts.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <filesystem>
#include <format>
#include <fstream>

#include "base/mapping.h"

namespace mmuw {

namespace {

namespace fs = std::filesystem;

constexpr std::pair<const char*, const char*> kParameters[] = {
    {"kvm", "tdp_mmu"},     {"kvm_amd", "npt"},   {"kvm_intel", "ept"},
    {"kvm_intel", "eptad"}, {"kvm_intel", "pml"}, {"kvm_intel", "vpid"},
};

std::string first_word(const fs::path& path) {
    std::string word;
    std::ifstream(path) >> word;
    return word;
}

}  // namespace

HostFacts this_host(const std::string& name, bool emulated) {
    utsname system{};
    uname(&system);
    std::string kvm = "kvm";
    for (const char* vendor : {"kvm_amd", "kvm_intel"})
        if (fs::exists(std::format("/sys/module/{}", vendor))) kvm = vendor;
    std::string parameters;
    for (const auto& [module, parameter] : kParameters) {
        const std::string value =
            first_word(std::format("/sys/module/{}/parameters/{}", module, parameter));
        if (!value.empty())
            parameters +=
                std::format("{}{}.{}={}", parameters.empty() ? "" : " ", module, parameter, value);
    }
    return {
        .name = name,
        .arch = system.machine,
        .kernel = system.release,
        .kvm = kvm,
        .emulated = emulated,
        .page_size = page_size(),
        .cpus = static_cast<std::uint64_t>(sysconf(_SC_NPROCESSORS_ONLN)),
        .parameters = parameters,
    };
}

}  // namespace mmuw
