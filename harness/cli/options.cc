// SPDX-License-Identifier: GPL-2.0-only
#include "cli/options.h"

#include <cstdlib>
#include <format>
#include <iostream>

namespace mmuw {

namespace po = boost::program_options;

po::variables_map parse_options(const Words& words, const std::string& command,
                                const po::options_description& description,
                                const std::string& positional, int most) {
    po::positional_options_description positions;
    if (!positional.empty()) positions.add(positional.c_str(), most);
    po::options_description all;
    all.add(description).add_options()("help", "print this");
    po::variables_map values;
    try {
        po::store(po::command_line_parser(words).options(all).positional(positions).run(), values);
        if (values.contains("help")) {
            std::cout << "usage: mmuwitness " << command << '\n' << all;
            std::exit(kPass);
        }
        po::notify(values);
    } catch (const po::error& error) {
        throw Exit(kUsage, std::format("{}: {}: see --help", command, error.what()));
    }
    return values;
}

Mmu mmu_of(const po::variables_map& values, const std::string& command) {
    const auto& words = values["mmu"].as<std::string>();
    if (const auto mmu = parse_mmu(words)) return *mmu;
    throw Exit(kUsage,
               std::format("{}: unknown MMU '{}': known are {}", command, words, known_mmus()));
}

}  // namespace mmuw
