// SPDX-License-Identifier: GPL-2.0-only
// Names of the values in kmod/uapi/mmuwitness.h, as they appear in lines of text.
#pragma once

#include "trace/fields.h"

namespace mmuw::symbols {

inline constexpr Symbol notifier_phase[] = {{"START_BEFORE_KVM", MMUWITNESS_START_BEFORE_KVM},
                                            {"START_AFTER_KVM", MMUWITNESS_START_AFTER_KVM},
                                            {"END_BEFORE_KVM", MMUWITNESS_END_BEFORE_KVM},
                                            {"END_AFTER_KVM", MMUWITNESS_END_AFTER_KVM}};
// enum mmu_notifier_event (include/linux/mmu_notifier.h, the same in 6.1 to 7.2).
inline constexpr Symbol notifier_event[] = {
    {"UNMAP", 0},      {"CLEAR", 1},   {"PROTECTION_VMA", 2}, {"PROTECTION_PAGE", 3},
    {"SOFT_DIRTY", 4}, {"RELEASE", 5}, {"MIGRATE", 6},        {"EXCLUSIVE", 7}};
inline constexpr Symbol phase[] = {{"BEGIN", MMUWITNESS_BEGIN}, {"END", MMUWITNESS_END}};
inline constexpr Symbol fault_phase[] = {{"BEGIN", MMUWITNESS_FAULT_BEGIN},
                                         {"PFN", MMUWITNESS_FAULT_PFN},
                                         {"END", MMUWITNESS_FAULT_END},
                                         {"RETRY", MMUWITNESS_FAULT_RETRY}};
inline constexpr Symbol flush_phase[] = {{"REQUEST", MMUWITNESS_FLUSH_REQUEST},
                                         {"DONE", MMUWITNESS_FLUSH_DONE},
                                         {"ROOTS_REQUEST", MMUWITNESS_FLUSH_ROOTS_REQUEST},
                                         {"ROOTS_DONE", MMUWITNESS_FLUSH_ROOTS_DONE}};
inline constexpr Symbol folio_op[] = {{"DIRTIED", MMUWITNESS_FOLIO_DIRTIED},
                                      {"KVM_DIRTY", MMUWITNESS_FOLIO_KVM_DIRTY},
                                      {"CLEAN_BEGIN", MMUWITNESS_FOLIO_CLEAN_BEGIN},
                                      {"CLEAN_END", MMUWITNESS_FOLIO_CLEAN_END},
                                      {"MKCLEAN_BEGIN", MMUWITNESS_FOLIO_MKCLEAN_BEGIN},
                                      {"MKCLEAN_END", MMUWITNESS_FOLIO_MKCLEAN_END},
                                      {"WB_START", MMUWITNESS_FOLIO_WB_START},
                                      {"WB_END", MMUWITNESS_FOLIO_WB_END},
                                      {"MKWRITE", MMUWITNESS_FOLIO_MKWRITE}};
inline constexpr Symbol young_op[] = {{"CLEAR_FLUSH", MMUWITNESS_YOUNG_CLEAR_FLUSH},
                                      {"CLEAR", MMUWITNESS_YOUNG_CLEAR},
                                      {"TEST", MMUWITNESS_YOUNG_TEST}};
inline constexpr Symbol ring_op[] = {{"PUSH", MMUWITNESS_RING_PUSH},
                                     {"RESET", MMUWITNESS_RING_RESET}};
inline constexpr Symbol lock[] = {{"UNKNOWN", MMUWITNESS_LOCK_UNKNOWN},
                                  {"FREE", MMUWITNESS_LOCK_FREE},
                                  {"HELD", MMUWITNESS_LOCK_HELD}};
inline constexpr Symbol spte_bits[] = {{"P", MMUWITNESS_SPTE_PRESENT},
                                       {"W", MMUWITNESS_SPTE_WRITABLE},
                                       {"D", MMUWITNESS_SPTE_DIRTY},
                                       {"A", MMUWITNESS_SPTE_ACCESSED},
                                       {"L", MMUWITNESS_SPTE_LEAF}};
inline constexpr Symbol page_flags[] = {{"PRESENT", MMUWITNESS_PAGE_PRESENT},
                                        {"DIRTY", MMUWITNESS_PAGE_DIRTY},
                                        {"WRITEBACK", MMUWITNESS_PAGE_WRITEBACK},
                                        {"LOCKED", MMUWITNESS_PAGE_LOCKED},
                                        {"TAG_DIRTY", MMUWITNESS_PAGE_TAG_DIRTY},
                                        {"TAG_WRITEBACK", MMUWITNESS_PAGE_TAG_WRITEBACK},
                                        {"TAG_TOWRITE", MMUWITNESS_PAGE_TAG_TOWRITE},
                                        {"MAPPED", MMUWITNESS_PAGE_MAPPED},
                                        {"PINNED", MMUWITNESS_PAGE_PINNED},
                                        {"UPTODATE", MMUWITNESS_PAGE_UPTODATE},
                                        {"KSM", MMUWITNESS_PAGE_KSM}};
inline constexpr Symbol mark_kind[] = {{"MEMSLOT", MMUWITNESS_MARK_MEMSLOT},
                                       {"SYNC_BEGIN", MMUWITNESS_MARK_SYNC_BEGIN},
                                       {"SYNC_END", MMUWITNESS_MARK_SYNC_END},
                                       {"EXPECT", MMUWITNESS_MARK_EXPECT},
                                       {"DISK", MMUWITNESS_MARK_DISK},
                                       {"SETTLED", MMUWITNESS_MARK_SETTLED},
                                       {"COLLECT_BEGIN", MMUWITNESS_MARK_COLLECT_BEGIN},
                                       {"LOGGED", MMUWITNESS_MARK_LOGGED},
                                       {"COLLECT_END", MMUWITNESS_MARK_COLLECT_END},
                                       {"WROTE", MMUWITNESS_MARK_WROTE},
                                       {"UNTOUCHED", MMUWITNESS_MARK_UNTOUCHED},
                                       {"COPY", MMUWITNESS_MARK_COPY},
                                       {"LEFT", MMUWITNESS_MARK_LEFT},
                                       {"KERNEL_LOG", MMUWITNESS_MARK_KERNEL_LOG},
                                       {"TRIAL", MMUWITNESS_MARK_TRIAL},
                                       {"GONE", MMUWITNESS_MARK_GONE},
                                       {"TOUCHED", MMUWITNESS_MARK_TOUCHED},
                                       {"SEEN", MMUWITNESS_MARK_SEEN}};
inline constexpr Symbol note_kind[] = {{"SCENARIO_BEGIN", MMUWITNESS_NOTE_SCENARIO_BEGIN},
                                       {"RULE", MMUWITNESS_NOTE_RULE},
                                       {"SCENARIO_END", MMUWITNESS_NOTE_SCENARIO_END},
                                       {"HOOK", MMUWITNESS_NOTE_HOOK},
                                       {"KERNEL_LOG", MMUWITNESS_NOTE_KERNEL_LOG},
                                       {"HOST", MMUWITNESS_NOTE_HOST},
                                       {"DOUBT", MMUWITNESS_NOTE_DOUBT},
                                       {"PERTURB", MMUWITNESS_NOTE_PERTURB}};
inline constexpr Symbol gate_phase[] = {{"HELD", MMUWITNESS_GATE_HELD},
                                        {"WON", MMUWITNESS_GATE_WON},
                                        {"TIMED_OUT", MMUWITNESS_GATE_TIMED_OUT},
                                        {"CLOSED", MMUWITNESS_GATE_CLOSED}};
inline constexpr Symbol sync[] = {{"MSYNC", MMUWITNESS_SYNC_MSYNC},
                                  {"FSYNC", MMUWITNESS_SYNC_FSYNC},
                                  {"FDATASYNC", MMUWITNESS_SYNC_FDATASYNC},
                                  {"RANGE", MMUWITNESS_SYNC_RANGE}};
inline constexpr Symbol left[] = {{"MAPPED_PAGES", MMUWITNESS_LEFT_MAPPED_PAGES},
                                  {"PINNED_PAGES", MMUWITNESS_LEFT_PINNED_PAGES},
                                  {"MOUNT", MMUWITNESS_LEFT_MOUNT},
                                  {"MODULE", MMUWITNESS_LEFT_MODULE}};

}  // namespace mmuw::symbols
