// Creates, updates and deletes Gadgets at a steady rate. Names come from a small pool, so that an object is often followed by another one of
// the same name. Failures are part of the game: whether a write was stored is seen in the store.
import { ApiError } from '@kubewright/api';
import { mergePatch } from '@kubewright/runtime';

import { Gadget, NAMESPACE } from './kinds.mjs';

const TICK_MS = 50;
/** Writes that may wait for their answers; while there are as many the load is late and says so. */
const MOST_AT_ONCE = 100;

export class Load {
  counts = { create: 0, update: 0, delete: 0, refused: 0, unanswered: 0, late: 0 };
  #alive = new Set();
  #free = [];
  #value = 0;
  #open = new Set();

  constructor({ client, random, rate, objects }) {
    Object.assign(this, { client, random, rate, objects });
    this.#free = Array.from({ length: Math.ceil(objects * 1.3) }, (_none, index) => `g${index}`);
  }

  /** Writes until the signal aborts; resolves when every write has its answer. */
  async run(signal) {
    const began = performance.now();
    let due = 0;
    while (!signal.aborted) {
      const wanted = Math.floor(((performance.now() - began) / 1000) * this.rate);
      for (; due < wanted; due++) {
        if (this.#open.size >= MOST_AT_ONCE) this.counts.late++;
        else this.#write();
      }
      await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    }
    await Promise.all(this.#open);
  }

  #write() {
    const roll = this.random();
    const missing = 1 - this.#alive.size / this.objects;
    const doing = roll < 0.2 + missing ? this.#create() : roll < 0.4 ? this.#delete() : this.#update();
    const settled = doing.catch((error) => {
      if (error instanceof ApiError) this.counts.refused++;
      else this.counts.unanswered++;
    });
    this.#open.add(settled);
    void settled.then(() => this.#open.delete(settled));
  }

  async #create() {
    const name = this.#take(this.#free);
    if (name === undefined) return this.#update();
    this.#alive.add(name);
    await this.client.create(Gadget, { metadata: { namespace: NAMESPACE, name }, spec: { value: ++this.#value, note: 'x'.repeat(200) } });
    this.counts.create++;
  }

  async #update() {
    const name = this.#pick();
    if (name === undefined) return;
    await this.client.patch(Gadget, { namespace: NAMESPACE, name }, mergePatch({ spec: { value: ++this.#value } }));
    this.counts.update++;
  }

  async #delete() {
    const name = this.#pick();
    if (name === undefined) return;
    this.#alive.delete(name);
    try {
      await this.client.delete(Gadget, { namespace: NAMESPACE, name });
      this.counts.delete++;
    } finally {
      this.#free.push(name);
    }
  }

  #pick() {
    const names = [...this.#alive];
    return names[Math.floor(this.random() * names.length)];
  }

  #take(names) {
    const at = Math.floor(this.random() * names.length);
    return names.splice(at, 1)[0];
  }
}
