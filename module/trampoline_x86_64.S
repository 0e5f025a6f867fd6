/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Direct trampolines: what a hooked function calls from its first instruction.
 *
 * On entry the stack holds the address to go on at in the hooked function and
 * above it the one of that function's caller, and all arguments are still in
 * their registers.  The handler gets the same arguments.  When it returns 0
 * they are restored and the hooked function goes on; otherwise the hooked
 * function's own address is dropped and its caller sees the error, as if the
 * function had returned it.
 *
 * An entry is aligned because kernels from 6.19 on take bit 0 of its address
 * for a flag.  Nothing of ours is on the stack while the hooked function runs.
 */
#include <linux/linkage.h>
#include <asm/frame.h>
#include <asm/ibt.h>
#include <asm/nospec-branch.h>
#include <asm/unwind_hints.h>

#include "hooks.h"

#ifndef CALL_DEPTH_ACCOUNT
#define CALL_DEPTH_ACCOUNT
#endif

.macro SAVE_ARGUMENTS count:req
.if \count > 0
	push	%rdi
.endif
.if \count > 1
	push	%rsi
.endif
.if \count > 2
	push	%rdx
.endif
.if \count > 3
	push	%rcx
.endif
.if \count > 4
	push	%r8
.endif
.if \count > 5
	push	%r9
.endif
.endm

.macro RESTORE_ARGUMENTS count:req
.if \count > 5
	pop	%r9
.endif
.if \count > 4
	pop	%r8
.endif
.if \count > 3
	pop	%rcx
.endif
.if \count > 2
	pop	%rdx
.endif
.if \count > 1
	pop	%rsi
.endif
.if \count > 0
	pop	%rdi
.endif
.endm

/* The tables that hooks.h declares. */
#define RETURN_SLOT(function, arguments, handler)                              \
	.Lreturn_##function: .quad 0;
#define RETURN_SLOTS(name, hooks, needs) hooks(RETURN_SLOT)
#define TRAMPOLINE_ADDRESS(function, arguments, handler)                       \
	.quad trampoline_##function;
#define TRAMPOLINE_ADDRESSES(name, hooks, needs) hooks(TRAMPOLINE_ADDRESS)
#define ENTRY_ADDRESS(name, hooks, needs) .quad entry_##name;

	.data
	.balign 8
	.globl hook_returns
hook_returns:
	HOOK_BATCHES(RETURN_SLOTS)

	.section .rodata
	.balign 8
	.globl hook_trampolines
hook_trampolines:
	HOOK_BATCHES(TRAMPOLINE_ADDRESSES)
	.globl hook_entries
hook_entries:
	HOOK_BATCHES(ENTRY_ADDRESS)

	.text
.macro TRAMPOLINE function:req count:req handler:req
	.balign 16
SYM_FUNC_START(trampoline_\function)
	ENDBR
	FRAME_BEGIN
	SAVE_ARGUMENTS \count
	CALL_DEPTH_ACCOUNT
	call	hook_\handler
	RESTORE_ARGUMENTS \count
	FRAME_END
	testl	%eax, %eax
	jnz	.Ldeny_\function
	RET
.Ldeny_\function:
	/* For functions that return a pointer: the error as ERR_PTR() has it. */
	cltq
	addq	$8, %rsp
	/* As at the entry of any function: the caller's address is on top. */
	UNWIND_HINT_FUNC
	RET
SYM_FUNC_END(trampoline_\function)
.endm

#define TRAMPOLINE_HOOK(function, arguments, handler)                         \
	TRAMPOLINE function arguments handler;
#define BATCH_TRAMPOLINES(name, hooks, needs) hooks(TRAMPOLINE_HOOK)

/*
 * Entry of a batch: finds the trampoline of the function that called.  r10 is
 * free here: it is neither an argument nor preserved.  ftrace calls an entry
 * for the functions of its batch only, each of which has a slot, so the chain
 * never runs off its end; the ud2 would stop a kernel in which it did.
 */
#define DISPATCH(function, arguments, handler)                                \
	cmpq	.Lreturn_##function(%rip), %r10;                            \
	je	trampoline_##function;

.macro ENTRY_BEGIN name:req
	.balign 16
SYM_FUNC_START(entry_\name)
	ENDBR
	movq	(%rsp), %r10
.endm

.macro ENTRY_END name:req
	ud2
SYM_FUNC_END(entry_\name)
.endm

#define BATCH_ENTRY(name, hooks, needs)                                       \
	ENTRY_BEGIN name;                                                     \
	hooks(DISPATCH)                                                       \
	ENTRY_END name;

	HOOK_BATCHES(BATCH_TRAMPOLINES)
	HOOK_BATCHES(BATCH_ENTRY)
