// SPDX-License-Identifier: GPL-2.0-only
// Names of the values in kmod/uapi/mmuwitness.h, as they appear in lines of text: the tables that
// fields in kmod/uapi/events.def and marks.def name.
#pragma once

#include <linux/kvm.h>

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
inline constexpr Symbol kvm_ioctl[] = {
    {"KVM_GET_DIRTY_LOG", KVM_GET_DIRTY_LOG},
    {"KVM_CLEAR_DIRTY_LOG", KVM_CLEAR_DIRTY_LOG},
    {"KVM_RESET_DIRTY_RINGS", KVM_RESET_DIRTY_RINGS},
    {"KVM_SET_USER_MEMORY_REGION", KVM_SET_USER_MEMORY_REGION},
    {"KVM_SET_USER_MEMORY_REGION2", KVM_SET_USER_MEMORY_REGION2}};
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
inline constexpr Symbol mark_kind[] = {
// NOLINTNEXTLINE(cppcoreguidelines-macro-usage)
#define MARK(KIND, Kind, ...) {#KIND, MMUWITNESS_MARK_##KIND},
#include "kmod/uapi/marks.def"
#undef MARK
};
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
                                  {"RANGE", MMUWITNESS_SYNC_RANGE},
                                  {"FREEZE", MMUWITNESS_SYNC_FREEZE}};
inline constexpr Symbol log_is[] = {{"ON", MMUWITNESS_LOG_ON}, {"OFF", MMUWITNESS_LOG_OFF}};
inline constexpr Symbol side[] = {{"GUEST", MMUWITNESS_SIDE_GUEST}, {"HOST", MMUWITNESS_SIDE_HOST}};
inline constexpr Symbol left[] = {{"MAPPED_PAGES", MMUWITNESS_LEFT_MAPPED_PAGES},
                                  {"PINNED_PAGES", MMUWITNESS_LEFT_PINNED_PAGES},
                                  {"MOUNT", MMUWITNESS_LEFT_MOUNT},
                                  {"MODULE", MMUWITNESS_LEFT_MODULE},
                                  {"PAGE_TABLES", MMUWITNESS_LEFT_PAGE_TABLES},
                                  {"VMALLOC", MMUWITNESS_LEFT_VMALLOC},
                                  {"PAGES", MMUWITNESS_LEFT_PAGES},
                                  {"SPTES", MMUWITNESS_LEFT_SPTES}};
inline constexpr Symbol refusal[] = {
    {"SLOT_HEAD_OVERLAPS", MMUWITNESS_REFUSE_SLOT_HEAD_OVERLAPS},
    {"SLOT_TAIL_OVERLAPS", MMUWITNESS_REFUSE_SLOT_TAIL_OVERLAPS},
    {"SLOT_INSIDE_OTHER", MMUWITNESS_REFUSE_SLOT_INSIDE_OTHER},
    {"SLOT_COVERS_OTHER", MMUWITNESS_REFUSE_SLOT_COVERS_OTHER},
    {"SLOT_SAME_PLACE", MMUWITNESS_REFUSE_SLOT_SAME_PLACE},
    {"SLOT_MOVED_ONTO_OTHER", MMUWITNESS_REFUSE_SLOT_MOVED_ONTO_OTHER},
    {"SLOT_RESIZED", MMUWITNESS_REFUSE_SLOT_RESIZED},
    {"SLOT_BACKED_ANEW", MMUWITNESS_REFUSE_SLOT_BACKED_ANEW},
    {"SLOT_READ_ONLY_NOW", MMUWITNESS_REFUSE_SLOT_READ_ONLY_NOW},
    {"SLOT_UNKNOWN_FLAG", MMUWITNESS_REFUSE_SLOT_UNKNOWN_FLAG},
    {"SLOT_SIZE_UNALIGNED", MMUWITNESS_REFUSE_SLOT_SIZE_UNALIGNED},
    {"SLOT_GPA_UNALIGNED", MMUWITNESS_REFUSE_SLOT_GPA_UNALIGNED},
    {"SLOT_HVA_UNALIGNED", MMUWITNESS_REFUSE_SLOT_HVA_UNALIGNED},
    {"SLOT_HVA_OF_THE_KERNEL", MMUWITNESS_REFUSE_SLOT_HVA_OF_THE_KERNEL},
    {"SLOT_GPA_WRAPS", MMUWITNESS_REFUSE_SLOT_GPA_WRAPS},
    {"SLOT_NUMBER_TOO_HIGH", MMUWITNESS_REFUSE_SLOT_NUMBER_TOO_HIGH},
    {"SLOT_NO_SUCH_SPACE", MMUWITNESS_REFUSE_SLOT_NO_SUCH_SPACE},
    {"SLOT_DELETED_TWICE", MMUWITNESS_REFUSE_SLOT_DELETED_TWICE},
    {"LOG_OF_UNLOGGED", MMUWITNESS_REFUSE_LOG_OF_UNLOGGED},
    {"LOG_OF_NO_SLOT", MMUWITNESS_REFUSE_LOG_OF_NO_SLOT},
    {"LOG_OF_NO_SPACE", MMUWITNESS_REFUSE_LOG_OF_NO_SPACE},
    {"CLEAR_OF_UNLOGGED", MMUWITNESS_REFUSE_CLEAR_OF_UNLOGGED},
    {"CLEAR_OF_NO_SLOT", MMUWITNESS_REFUSE_CLEAR_OF_NO_SLOT},
    {"CLEAR_BEGINS_IN_WORD", MMUWITNESS_REFUSE_CLEAR_BEGINS_IN_WORD},
    {"CLEAR_ENDS_IN_WORD", MMUWITNESS_REFUSE_CLEAR_ENDS_IN_WORD},
    {"CLEAR_BEYOND_SLOT", MMUWITNESS_REFUSE_CLEAR_BEYOND_SLOT},
    {"CLEAR_BEHIND_SLOT", MMUWITNESS_REFUSE_CLEAR_BEHIND_SLOT},
    {"CLEAR_WRAPS", MMUWITNESS_REFUSE_CLEAR_WRAPS},
    {"RING_OF_NO_SIZE", MMUWITNESS_REFUSE_RING_OF_NO_SIZE},
    {"RING_OF_NO_POWER_OF_2", MMUWITNESS_REFUSE_RING_OF_NO_POWER_OF_2},
    {"RING_TOO_SMALL", MMUWITNESS_REFUSE_RING_TOO_SMALL},
    {"RING_TOO_LARGE", MMUWITNESS_REFUSE_RING_TOO_LARGE},
    {"RING_TWICE", MMUWITNESS_REFUSE_RING_TWICE},
    {"RING_AFTER_VCPU", MMUWITNESS_REFUSE_RING_AFTER_VCPU},
    {"RING_RESET_WITHOUT", MMUWITNESS_REFUSE_RING_RESET_WITHOUT},
    {"RING_AND_BITMAP", MMUWITNESS_REFUSE_RING_AND_BITMAP},
    {"PREFAULT_OF_NOTHING", MMUWITNESS_REFUSE_PREFAULT_OF_NOTHING},
    {"PREFAULT_UNALIGNED", MMUWITNESS_REFUSE_PREFAULT_UNALIGNED},
    {"SLOT_GPA_TOO_HIGH", MMUWITNESS_REFUSE_SLOT_GPA_TOO_HIGH},
    {"WRITE_TO_READ_ONLY", MMUWITNESS_REFUSE_WRITE_TO_READ_ONLY},
    {"READ_OF_PROT_NONE", MMUWITNESS_REFUSE_READ_OF_PROT_NONE},
    {"WRITE_TO_PROT_NONE", MMUWITNESS_REFUSE_WRITE_TO_PROT_NONE},
    {"READ_BEYOND_FILE", MMUWITNESS_REFUSE_READ_BEYOND_FILE},
    {"WRITE_BEYOND_FILE", MMUWITNESS_REFUSE_WRITE_BEYOND_FILE},
    {"PREFAULT_OUTSIDE", MMUWITNESS_REFUSE_PREFAULT_OUTSIDE}};

}  // namespace mmuw::symbols
