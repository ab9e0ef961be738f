/*
 * The UART: an ns16550a or its relative snps,dw-apb-uart, at SERVER_DEVICE_AT.
 *
 * Divisor and line control stay as firmware set them.  Registers lie 1 << reg_shift
 * bytes apart and are accessed with reg_width bytes.  Output polls "transmitter
 * empty" once for each FIFO full, and asks for an interrupt when it is not.
 */
#include "servers/terminal/terminal_server.h"

enum { RBR_THR = 0, IER = 1, IIR_FCR = 2, MCR = 4, LSR = 5, USR = 0x1f };
enum { IER_RECEIVED = 1, IER_EMPTY = 2 };
enum { LSR_READY = 1, LSR_EMPTY = 0x20 };
enum { FCR_ENABLE = 1 };
enum { MCR_DTR = 1, MCR_RTS = 2, MCR_OUT2 = 8 };
#define IIR_BUSY 7
#define IIR_TIMEOUT 0xc
#define FIFO_BYTES 16u

static struct boot_uart uart;
static u32 enabled;

static volatile void *reg_at(u32 reg)
{
	return (volatile void *)(server_at(SERVER_DEVICE_AT) + (uart.base & PAGE_MASK)
				 + ((u64)reg << uart.reg_shift));
}

static u8 reg_read(u32 reg)
{
	if (uart.reg_width == 4)
		return (u8) * (volatile u32 *)reg_at(reg);
	return *(volatile u8 *)reg_at(reg);
}

static void reg_write(u32 reg, u8 value)
{
	if (uart.reg_width == 4)
		*(volatile u32 *)reg_at(reg) = value;
	else
		*(volatile u8 *)reg_at(reg) = value;
}

void uart_init(const struct start_info *start)
{
	u64 word[4] = {NOTIFY_INTERRUPT};

	uart = start->uart;
	if (!uart.base)
		return;
	reg_write(IER, 0);
	reg_write(IIR_FCR, FCR_ENABLE);
	reg_write(MCR, MCR_DTR | MCR_RTS | MCR_OUT2);
	enabled = IER_RECEIVED;
	reg_write(IER, (u8)enabled);
	call_cap(SERVER_INTERRUPT, INTERRUPT_BIND, SERVER_NOTIFICATION, word);
}

s32 uart_get(void)
{
	if (!uart.base || !(reg_read(LSR) & LSR_READY))
		return -1;
	return reg_read(RBR_THR);
}

bool uart_idle(void)
{
	return !uart.base || (reg_read(LSR) & LSR_EMPTY);
}

void uart_put(u8 c)
{
	if (uart.base)
		reg_write(RBR_THR, c);
}

u32 uart_fifo(void)
{
	return FIFO_BYTES;
}

static void interrupts_set(u32 wanted)
{
	if (wanted == enabled || !uart.base)
		return;
	enabled = wanted;
	reg_write(IER, (u8)wanted);
}

void uart_want_room(bool on)
{
	interrupts_set((enabled & ~(u32)IER_EMPTY) | (on ? IER_EMPTY : 0));
}

void uart_want_input(bool on)
{
	interrupts_set((enabled & ~(u32)IER_RECEIVED) | (on ? IER_RECEIVED : 0));
}

/* Reading IIR clears "empty", so it comes before the ring is pushed.  "Busy" (a write to line
 * control that was ignored) goes when the status register is read; a time-out without a
 * byte (snps,dw-apb-uart) when the receiver is read. */
void uart_interrupt_begin(void)
{
	u8 cause = reg_read(IIR_FCR) & 0xf;

	if (cause == IIR_BUSY)
		reg_read(USR);
	if (cause == IIR_TIMEOUT && !(reg_read(LSR) & LSR_READY))
		reg_read(RBR_THR);
}

/* Whatever the UART still asserts interrupts again after this. */
void uart_interrupt_end(void)
{
	call0(SERVER_INTERRUPT, INTERRUPT_ACK);
}
