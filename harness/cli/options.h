// SPDX-License-Identifier: GPL-2.0-only
// Command lines by Boost.Program_options, with one-line errors.
#pragma once

#include <boost/program_options.hpp>

#include "cli/commands.h"
#include "vmm/mmu.h"

namespace mmuw {

// Parses words; --help prints the options and exits. `positional`
// names the option that takes the words without a name, at most `most` (-1: any number); empty:
// none allowed.
boost::program_options::variables_map parse_options(
    const Words& words, const std::string& command,
    const boost::program_options::options_description& description,
    const std::string& positional = "", int most = 1);

// The value of --mmu. Throws Exit for one that is unknown.
Mmu mmu_of(const boost::program_options::variables_map& values, const std::string& command);

}  // namespace mmuw
