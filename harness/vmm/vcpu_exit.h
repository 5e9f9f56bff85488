// SPDX-License-Identifier: GPL-2.0-only
// Words for exits that end a vCPU.
#pragma once

#include <stdexcept>

#include "base/sys_error.h"
#include "vmm/vcpu.h"

namespace mmuw {

// KVM_RUN failed with errno `error`; registers included.
SysError run_error(const Vcpu& vcpu, int error);
// KVM_RUN returned with an exit that the payload never makes.
std::runtime_error exit_error(const Vcpu& vcpu);

}  // namespace mmuw
