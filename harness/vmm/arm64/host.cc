// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/host.h"

#include <sys/klog.h>

#include <algorithm>
#include <fstream>
#include <string_view>

namespace mmuw::arch {
namespace {

constexpr int kReadAll = 3, kSize = 10;  // syslog(2)

// KVM says it once, at boot, and nowhere else: kvm_arm_init().
std::string mode() {
    std::string log(static_cast<std::size_t>(std::max(klogctl(kSize, nullptr, 0), 0)), '\0');
    log.resize(static_cast<std::size_t>(
        std::max(klogctl(kReadAll, log.data(), static_cast<int>(log.size())), 0)));
    const std::size_t end = log.find(" mode initialized successfully");
    constexpr std::string_view kBegin = "kvm [1]: ";
    const std::size_t begin = end == log.npos ? end : log.rfind(kBegin, end);
    if (begin == log.npos) return {};
    return log.substr(begin + kBegin.size(), end - begin - kBegin.size());
}

}  // namespace

std::string kvm_name() {
    const std::string said = mode();
    return said.empty() ? "kvm" : "kvm " + said;
}

std::string kvm_parameters() {
    std::ifstream line("/proc/cmdline");
    std::string text;
    for (std::string word; line >> word;)
        if (word.starts_with("kvm-arm.")) text += (text.empty() ? "" : " ") + word;
    return text;
}

std::string kvm_cure() {
    return "KVM is built in: the machine must start the kernel at EL2 (in a virtual machine: "
           "enable "
           "nested virtualization), without kvm-arm.mode=none";
}

}  // namespace mmuw::arch
