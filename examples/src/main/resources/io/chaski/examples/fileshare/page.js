'use strict';

const $ = id => document.getElementById(id);

// Names come from other peers: they become text and never markup.
function element(tag, text, className) {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className) {
    made.className = className;
  }
  return made;
}

function size(bytes) {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let unit = 0;
  while (bytes >= 1000 && unit < units.length - 1) {
    bytes /= 1000;
    unit++;
  }
  return (unit === 0 ? bytes : bytes.toFixed(1)) + ' ' + units[unit];
}

async function json(path, options) {
  const response = await fetch(path, options);
  const body = await response.json();
  if (!response.ok) {
    throw new Error(body.error);
  }
  return body;
}

async function showPeers() {
  const peers = await json('api/peers');
  $('peers').replaceChildren(...peers.map(peer =>
    element('li', peer.name + (peer.online ? '' : ' (offline)'), peer.online ? 'online' : 'offline')));
}

function row(file) {
  const link = element('a', 'download');
  link.href = 'api/files/' + file.hash;
  const cell = document.createElement('td');
  cell.append(link);
  const made = document.createElement('tr');
  made.append(element('td', file.name), element('td', size(file.size), 'size'),
    element('td', file.holders.join(', ')), cell);
  return made;
}

let pattern = '';
let shown = '';

// What has not changed stays as it is: somebody may be about to click on it.
async function showFiles() {
  const asked = pattern;
  const files = await json('api/files?search=' + encodeURIComponent(asked));
  const answer = JSON.stringify(files);
  if (asked === pattern && answer !== shown) {
    shown = answer;
    $('files').replaceChildren(...files.map(row));
  }
}

async function upload() {
  const file = $('file').files[0];
  await json('api/uploads/' + encodeURIComponent(file.name), {method: 'PUT', body: file});
  $('upload').reset();
  await showFiles();
}

async function attempt(what, status) {
  try {
    await what();
    $(status).textContent = '';
  } catch (failure) {
    $(status).textContent = failure.message;
  }
}

// Tells what goes wrong apart: what was wrong with a person's wish is to be read for longer than until the next round.
async function watch() {
  await attempt(async () => {
    await showPeers();
    await showFiles();
  }, 'watch');
  setTimeout(watch, 2000);
}

$('search').addEventListener('submit', event => {
  event.preventDefault();
  pattern = $('pattern').value;
  attempt(showFiles, 'status');
});
$('upload').addEventListener('submit', event => {
  event.preventDefault();
  attempt(upload, 'status');
});
watch();
