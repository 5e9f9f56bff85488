// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/host.h"

#include <filesystem>
#include <format>
#include <fstream>
#include <utility>

namespace mmuw::arch {
namespace {

constexpr std::pair<const char*, const char*> kParameters[] = {
    {"kvm", "tdp_mmu"},     {"kvm_amd", "npt"},   {"kvm_intel", "ept"},
    {"kvm_intel", "eptad"}, {"kvm_intel", "pml"}, {"kvm_intel", "vpid"},
};

}  // namespace

std::string kvm_name() {
    for (const char* vendor : {"kvm_amd", "kvm_intel"})
        if (std::filesystem::exists(std::format("/sys/module/{}", vendor))) return vendor;
    return "kvm";
}

std::string kvm_parameters() {
    std::string text;
    for (const auto& [module, parameter] : kParameters) {
        std::string value;
        std::ifstream(std::format("/sys/module/{}/parameters/{}", module, parameter)) >> value;
        if (!value.empty())
            text += std::format("{}{}.{}={}", text.empty() ? "" : " ", module, parameter, value);
    }
    return text;
}

std::string kvm_cure() {
    return "load kvm_amd or kvm_intel (in a virtual machine: enable nested virtualization)";
}

}  // namespace mmuw::arch
